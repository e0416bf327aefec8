/* The Python parts, whole, as strings in the module. */
    .section .rodata
    .globl birth_source, birth_source_end, warm_pytest_source, warm_pytest_source_end
birth_source:
    .incbin "guest/python/birth.py"
birth_source_end:
    .byte 0
warm_pytest_source:
    .incbin "guest/python/warm_pytest.py"
warm_pytest_source_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
