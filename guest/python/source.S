/* birth.py, whole, as a string in the module. */
    .section .rodata
    .globl birth_source
    .globl birth_source_end
birth_source:
    .incbin "guest/python/birth.py"
birth_source_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
