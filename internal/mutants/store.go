package main

func storeMutants() []mutant { return nil }
