/* The box's init, whole, as a string in the program: nothing to find or to swap at run time. */
    .section .rodata
    .globl init_blob
    .globl init_blob_end
    .balign 16
init_blob:
    .incbin INIT_FILE
init_blob_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
