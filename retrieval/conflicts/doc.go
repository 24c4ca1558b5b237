// Package conflicts finds passages that contradict each other: sentences that say the same of the same thing but for one
// number, date, negation or version.
//
// Two sentences contradict each other when they are about the same thing and differ in exactly one of what tells: amounts,
// dates, whether it holds, versions, names. Where they differ in two, they are about two things: a price of another
// product, a figure of another year. So a difference in names or versions, in the words that narrow down what is spoken of
// ("standard delivery", "express delivery"), or in the scope of the documents keeps a number from being a conflict.
//
// Versions narrow down what is spoken of. Documents that are declared to be about different versions, and sentences that
// hold for different ones ("works in 5.1", "works in 7.2"), do not contradict each other. A version is a conflict where it
// is what both sentences say: since which one, until which, or which one is required. A name is one in the place of
// another where one sentence is a copy of the other, or both reply to a question for one name.
//
// A conflict is found in what it is given and in constants of the models, in nothing else, and always in the same order.
// It is meant to be right rather than complete: what it does not find is still shown, as two passages. Which passages may
// be compared is for the caller.
package conflicts
