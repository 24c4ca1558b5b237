#include "textflag.h"

// func dotsAVX2(out *int32, rows, by *int8, count, width int)
// Sixteen bytes at a time of each row and of by become words, are multiplied and summed in pairs.
TEXT ·dotsAVX2(SB), NOSPLIT, $0-40
	MOVQ out+0(FP), DI
	MOVQ rows+8(FP), SI
	MOVQ by+16(FP), DX
	MOVQ count+24(FP), CX
	MOVQ width+32(FP), R8
row:
	VPXOR Y0, Y0, Y0
	XORQ  R9, R9
step:
	VPMOVSXBW (SI)(R9*1), Y1
	VPMOVSXBW (DX)(R9*1), Y2
	VPMADDWD  Y1, Y2, Y1
	VPADDD    Y1, Y0, Y0
	ADDQ      $16, R9
	CMPQ      R9, R8
	JLT       step
	VEXTRACTI128 $1, Y0, X1
	VPADDD    X1, X0, X0
	VPHADDD   X0, X0, X0
	VPHADDD   X0, X0, X0
	VMOVD     X0, (DI)
	ADDQ      $4, DI
	ADDQ      R8, SI
	DECQ      CX
	JNZ       row
	VZEROUPPER
	RET
