/* What an interpreter needs to become a zygote, whole: its native module, and the text that loads
 * it. */
    .section .rodata
    .globl zygote_python_module
    .globl zygote_python_module_end
    .globl zygote_python_boot
    .globl zygote_python_boot_end
    .balign 16
zygote_python_module:
    .incbin ZYGOTE_PYTHON_FILE
zygote_python_module_end:
    .byte 0
zygote_python_boot:
    .incbin "guest/python/boot.py"
zygote_python_boot_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
