package main

func identityMutants() []mutant { return nil }
