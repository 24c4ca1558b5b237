package retrieval

// functionWords say nothing about what a turn is about.
var functionWords = setOf(`a about above after again all also am an and any anybody anyone anything are aren't as ask
 asking at be because been before being below between both but by came can can't cannot come could couldn't did didn't do
 does doesn't doing don't down during each either else ever every everything few for from further get gets getting give
 go goes going got had has have haven't having he help her here hers him his how however i i'd i'll i'm i've if in into
 is isn't it it's its itself just kind know let let's like look looking lot made make makes many may maybe me mean might
 mine more most much must my myself need needed needs no nor not now of off ok okay on once one ones only or other others
 ought our ours out over own people please possible quite rather really right said same say see shall she should
 shouldn't so some somebody someone something sort still such sure take takes tell than thank thanks that that's the
 their theirs them then there these they thing things think this those though through to too try trying under until up
 us use used using very want wanted wants was wasn't way ways we well went were weren't what what's when where whether
 which while who whom whose why will with within without won't would wouldn't yes yet you you're your yours question
 questions wondering wonder hi hello hey explain understand actually basically anyway etc detail details example
 different topic subject unrelated second third first last`)

// pronouns point back unless the turn itself has named something before.
var pronouns = setOf(`it it's its itself they them their theirs they're he him his she her hers this that that's these
 those there such either neither both another other others else same ones`)

// backward words point back wherever they stand.
var backward = setOf(`instead again too otherwise former latter aforementioned likewise similarly`)

// being and judging stand beside an "it" or "there" that means nothing.
var (
	being   = setOf(`is are was were will would isn't aren't exists exist`)
	judging = setOf(`possible impossible necessary ok okay safe legal allowed true normal mandatory required better worth
 advisable enough free`)
)

// connectives at the start of a turn go on from what was said.
var connectives = setOf(`and but or so then also because plus otherwise therefore still though although however yet
 yes no yeah nope sure right meaning`)

// leaningStarts are first words that go on from what was said.
var leaningStarts = []string{
	"what about", "how about", "what if", "in that case", "if so", "if not", "which one", "how so", "why not",
	"and if", "even if", "like what", "such as", "for example", "for how", "until when", "since when", "anything",
}

// firmMarkers say that something else is asked; looseMarkers may open a further question on the same thing.
var (
	firmMarkers = []string{
		"different question", "different topic", "different subject", "different matter", "different issue",
		"different note", "new question", "new topic", "new subject", "new issue", "unrelated question",
		"unrelated topic", "unrelated issue", "unrelated but", "change of topic", "change of subject",
		"change the subject", "change the topic", "changing the subject", "changing the topic", "changing topics",
		"switching topics", "switching gears", "switch gears", "switch topics", "something else entirely",
		"something completely different", "separate question", "separate issue", "separate matter", "separate topic",
		"completely different", "totally different", "entirely different", "unrelated", "moving on",
	}
	looseMarkers = []string{
		"another question", "another thing", "another issue", "another topic", "other question", "one more question",
		"one more thing", "next question", "by the way", "btw", "something else", "other thing", "last question",
	}
)

// fillers are words of turns that say nothing to search for; verdicts and, by
// themselves, okays are those among them that answer a question.
var (
	fillers = setOf(`thanks thank thx ty cheers you so very much a lot many ok okay k hi hello hey there good morning
 afternoon evening day night great perfect cool awesome nice wonderful excellent super brilliant lovely got it i see
 understood understand makes sense that's that is helps helpful helped was all for now your the help bye goodbye alright
 fine yes yeah yep yup sure no nope nah not please correct right exactly never mind nevermind go ahead do will well oh
 ah hmm appreciate really this`)
	verdicts = setOf(`yes yeah yep yup sure no nope nah please correct right exactly go not`)
	okays    = setOf(`ok okay k alright fine`)
)

// questionStarts begin a question of one's own rather than an answer.
var questionStarts = setOf(`what what's how when where which who whom whose why can could do does did is are was were
 will would should shall may might has have am please tell show explain give describe list`)

// ordinals and numerals count the options of an assistant; optionWords follow or precede them.
var (
	ordinals = map[string]int{
		"first": 1, "1st": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5,
		"sixth": 6, "6th": 6, "last": -1,
	}
	numerals = map[string]int{
		"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "a": 1, "b": 2, "c": 3, "d": 4,
	}
	optionWords = setOf(`one option choice method step point item suggestion approach alternative number way`)
)
