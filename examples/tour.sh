#!/bin/bash
# testudo run examples/tour.sh: what a program sees from inside a box.
echo "user:       $(id -un), uid $(id -u)"
echo "host name:  $(hostname)"
echo "processes:  $(find /proc -maxdepth 1 -name "[0-9]*" | wc -l)"
echo "interfaces: $(tail -n +3 /proc/net/dev | wc -l)"
touch /usr/mine 2>/dev/null && echo "/usr:       writable" || echo "/usr:       read-only"
cat /etc/shadow >/dev/null 2>&1 && echo "/etc/shadow: readable" || echo "/etc/shadow: not there"
touch mine && echo "/work:      writable, gone when this ends"
