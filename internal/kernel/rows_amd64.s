#include "textflag.h"

// Eight weights become floats, are multiplied by the scale in Y15 and added. Multiplication and addition stay apart
// so that the sum is that of the portable code bit for bit.
#define STEP(offset, acc, tmp) \
	VPMOVSXBD offset(R10), tmp \
	VCVTDQ2PS tmp, tmp         \
	VMULPS    Y15, tmp, tmp    \
	VADDPS    tmp, acc, acc

// func addRowsAVX2(sum *float32, weights *byte, scales *float32, ids []int32)
// Eight columns of 32 numbers, each summed over all rows in four registers.
TEXT ·addRowsAVX2(SB), NOSPLIT, $0-48
	MOVQ sum+0(FP), DI
	MOVQ weights+8(FP), SI
	MOVQ scales+16(FP), DX
	MOVQ ids_base+24(FP), BX
	MOVQ ids_len+32(FP), CX
	MOVQ $8, R8
column:
	VMOVUPS (DI), Y0
	VMOVUPS 32(DI), Y1
	VMOVUPS 64(DI), Y2
	VMOVUPS 96(DI), Y3
	XORQ    R9, R9
row:
	MOVLQSX      (BX)(R9*4), R10
	VBROADCASTSS (DX)(R10*4), Y15
	SHLQ         $8, R10
	ADDQ         SI, R10
	STEP(0, Y0, Y8)
	STEP(8, Y1, Y9)
	STEP(16, Y2, Y10)
	STEP(24, Y3, Y11)
	INCQ         R9
	CMPQ         R9, CX
	JLT          row
	VMOVUPS Y0, (DI)
	VMOVUPS Y1, 32(DI)
	VMOVUPS Y2, 64(DI)
	VMOVUPS Y3, 96(DI)
	ADDQ    $128, DI
	ADDQ    $32, SI
	DECQ    R8
	JNZ     column
	VZEROUPPER
	RET
