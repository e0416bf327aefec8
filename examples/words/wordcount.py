# testudo run examples/words/wordcount.py [FILE]
#
# The data file lies beside the script and comes along by itself. Another one comes with --file:
#     testudo run --file notes.txt examples/words/wordcount.py notes.txt
import collections
import re
import sys

path = sys.argv[1] if len(sys.argv) > 1 else "aesop.txt"
with open(path, encoding="utf-8") as file:
    words = re.findall(r"[a-z']+", file.read().lower())

for word, count in collections.Counter(words).most_common(5):
    print(f"{count:4}  {word}")
