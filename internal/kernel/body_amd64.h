// The encoder's kernels, for AVX2 as they stand; the file for AVX-512 names the registers of twice the width instead.
// The including file names the functions, the bytes of a register (W), and what brings its quarters together (FOLD).
// LOAD and STORE: two rows of two registers at p, R12 bytes apart.
#define LOAD(p, a0, a1, b0, b1) \
	VMOVUPS (p), a0         \
	VMOVUPS W(p), a1        \
	VMOVUPS (p)(R12*1), b0  \
	VMOVUPS W(p)(R12*1), b1

#define STORE(p, a0, a1, b0, b1) \
	VMOVUPS a0, (p)         \
	VMOVUPS a1, W(p)        \
	VMOVUPS b0, (p)(R12*1)  \
	VMOVUPS b1, W(p)(R12*1)

// LEAQ leaves the flags alone.
#define MULADD(p, a0, a1, b0, b1) \
	VBROADCASTSS (p), Y14        \
	VFMADD231PS  Y12, Y14, a0    \
	VFMADD231PS  Y13, Y14, a1    \
	VBROADCASTSS (p)(R11*1), Y15 \
	VFMADD231PS  Y12, Y15, b0    \
	VFMADD231PS  Y13, Y15, b1    \
	LEAQ         4(p), p

// op over all numbers of Y0, to each of them.
#define REDUCE(op) \
	FOLD(op)                      \
	VSHUFPS $0x4E, Y0, Y0, Y1     \
	op      Y1, Y0, Y0            \
	VSHUFPS $0xB1, Y0, Y0, Y1     \
	op      Y1, Y0, Y0

// Y3 = Y2*Y3 + a number of the table, four times.
#define HORNER4(off) \
	VFMADD213PS off(SI), Y2, Y3       \
	VFMADD213PS (off+64)(SI), Y2, Y3  \
	VFMADD213PS (off+128)(SI), Y2, Y3 \
	VFMADD213PS (off+192)(SI), Y2, Y3

// func(t *tile)
TEXT TILE(SB), NOSPLIT, $0-8
	MOVQ t+0(FP), AX
	MOVQ (AX), DI
	MOVQ 24(AX), R8
	MOVQ 48(AX), SI
	MOVQ 72(AX), R12
	MOVQ 80(AX), R11
	MOVQ 88(AX), R13
	MOVQ 96(AX), CX
	MOVQ 104(AX), BX
	LEAQ (R8)(R11*2), R9
	LEAQ (R9)(R11*2), R10
	LEAQ (DI)(R12*2), DX
	LEAQ (DX)(R12*2), AX
	LOAD(DI, Y0, Y1, Y2, Y3)
	LOAD(DX, Y4, Y5, Y6, Y7)
	LOAD(AX, Y8, Y9, Y10, Y11)
inner:
	VMOVUPS (SI), Y12
	VMOVUPS W(SI), Y13
	ADDQ    R13, SI
	MULADD(R8, Y0, Y1, Y2, Y3)
	CMPQ    BX, $4
	JLT     next
	MULADD(R9, Y4, Y5, Y6, Y7)
	JEQ     next
	MULADD(R10, Y8, Y9, Y10, Y11)
next:
	DECQ CX
	JNZ  inner
	STORE(DI, Y0, Y1, Y2, Y3)
	STORE(DX, Y4, Y5, Y6, Y7)
	STORE(AX, Y8, Y9, Y10, Y11)
	VZEROUPPER
	RET

// func(out *float32, weights *byte, scales *float32, rows int)
TEXT UNPACK(SB), NOSPLIT, $0-32
	MOVQ    out+0(FP), DI
	MOVQ    weights+8(FP), SI
	MOVQ    scales+16(FP), DX
	MOVQ    rows+24(FP), CX
	VMOVUPS (DX), Y2
	VMOVUPS W(DX), Y3
unpack:
	PREFETCHT0 1024(SI)
	VPMOVSXBD (SI), Y0
	VPMOVSXBD (W/4)(SI), Y1
	VCVTDQ2PS Y0, Y0
	VCVTDQ2PS Y1, Y1
	VMULPS    Y2, Y0, Y0
	VMULPS    Y3, Y1, Y1
	VMOVUPS   Y0, (DI)
	VMOVUPS   Y1, W(DI)
	ADDQ      $(W/2), SI
	ADDQ      $(W*2), DI
	DECQ      CX
	JNZ       unpack
	VZEROUPPER
	RET

// func(x *float32, count int, table *[16]float32): table has sixteen numbers a constant, see geluTable.
TEXT GELU(SB), NOSPLIT, $0-24
	MOVQ x+0(FP), DI
	MOVQ count+8(FP), CX
	MOVQ table+16(FP), SI
gelu:
	SUBQ        $(W/4), CX
	VMOVUPS     (DI)(CX*4), Y0
	VMINPS      (SI), Y0, Y1
	VMAXPS      64(SI), Y1, Y1
	VMULPS      Y1, Y1, Y2
	VMOVUPS     128(SI), Y3
	VFMADD213PS 192(SI), Y3, Y2
	VMOVUPS     320(SI), Y3
	HORNER4(384)
	HORNER4(640)
	HORNER4(896)
	VFMADD213PS 256(SI), Y1, Y3
	VMULPS      Y3, Y0, Y0
	VMOVUPS     Y0, (DI)(CX*4)
	JNZ         gelu
	VZEROUPPER
	RET

// func(x *float32, count int, table *[16]float32): likewise, see expTable.
TEXT SOFTMAX(SB), NOSPLIT, $0-24
	MOVQ    x+0(FP), DI
	MOVQ    count+8(FP), CX
	MOVQ    table+16(FP), SI
	VMOVUPS (DI), Y0
	MOVQ    CX, AX
largest:
	SUBQ   $(W/4), AX
	VMAXPS (DI)(AX*4), Y0, Y0
	JNZ    largest
	REDUCE(VMAXPS)
	VMOVUPS Y0, Y4
	VXORPS  X0, X0, X0
	MOVQ    CX, AX
exp:
	SUBQ        $(W/4), AX
	VMOVUPS     (DI)(AX*4), Y1
	VSUBPS      Y4, Y1, Y1
	VMAXPS      (SI), Y1, Y1
	VMULPS      64(SI), Y1, Y1
	VCVTPS2DQ   Y1, Y5
	VCVTDQ2PS   Y5, Y2
	VSUBPS      Y2, Y1, Y2
	VMOVUPS     128(SI), Y3
	HORNER4(192)
	VFMADD213PS 448(SI), Y2, Y3
	VFMADD213PS 512(SI), Y2, Y3
	VPSLLD      $23, Y5, Y5
	VPADDD      Y5, Y3, Y3
	VADDPS      Y3, Y0, Y0
	VMOVUPS     Y3, (DI)(AX*4)
	JNZ         exp
	REDUCE(VADDPS)
share:
	SUBQ    $(W/4), CX
	VMOVUPS (DI)(CX*4), Y1
	VDIVPS  Y0, Y1, Y1
	VMOVUPS Y1, (DI)(CX*4)
	JNZ     share
	VZEROUPPER
	RET

// func(n *norm)
TEXT NORM(SB), NOSPLIT, $0-8
	MOVQ         n+0(FP), SI
	MOVQ         (SI), DI
	MOVQ         8(SI), R8
	MOVQ         16(SI), R9
	MOVQ         24(SI), R10
	MOVQ         32(SI), CX
	VBROADCASTSS 40(SI), Y4
	VXORPS       X0, X0, X0
	MOVQ         CX, AX
sum:
	SUBQ    $(W/4), AX
	VMOVUPS (DI)(AX*4), Y1
	VADDPS  (R8)(AX*4), Y1, Y1
	VMOVUPS Y1, (DI)(AX*4)
	VADDPS  Y1, Y0, Y0
	JNZ     sum
	REDUCE(VADDPS)
	VMULPS  Y4, Y0, Y2
	VXORPS  X0, X0, X0
	MOVQ    CX, AX
square:
	SUBQ        $(W/4), AX
	VMOVUPS     (DI)(AX*4), Y1
	VSUBPS      Y2, Y1, Y1
	VMOVUPS     Y1, (DI)(AX*4)
	VFMADD231PS Y1, Y1, Y0
	JNZ         square
	REDUCE(VADDPS)
	VMULPS       Y4, Y0, Y0
	VBROADCASTSS 44(SI), Y1
	VADDPS       Y1, Y0, Y0
	VSQRTPS      Y0, Y0
scale:
	SUBQ        $(W/4), CX
	VMOVUPS     (DI)(CX*4), Y1
	VDIVPS      Y0, Y1, Y1
	VMOVUPS     (R10)(CX*4), Y2
	VFMADD132PS (R9)(CX*4), Y2, Y1
	VMOVUPS     Y1, (DI)(CX*4)
	JNZ         scale
	VZEROUPPER
	RET
