// Command quality measures how well questions find the documents that answer them, on open question sets, through the
// whole path of a search: a record store on disk, the index, fusion, the second look at permissions, receipt and audit.
//
// It prints nDCG@10, MRR@10 and recall@100 with 95 % bootstrap intervals for words alone, meaning alone and both, and
// fails when a figure is more than 0.01 below the committed one. docs/retrieval.md explains the sets and the figures.
package main
