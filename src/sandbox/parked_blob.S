/* What a runtime needs to be parked, whole: its own part, and the library that it waits in. */
    .section .rodata
    .globl parked_library, parked_library_end
    .globl parked_script, parked_script_end
    .globl parked_classes, parked_classes_end
    .balign 16
parked_library:
    .incbin PARKED_LIBRARY
parked_library_end:
    .byte 0
parked_script:
    .incbin "guest/node/parked.js"
parked_script_end:
    .byte 0
parked_classes:
    .incbin PARKED_CLASSES
parked_classes_end:
    .byte 0
    .section .note.GNU-stack, "", %progbits
