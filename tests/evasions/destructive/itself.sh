sort words > words
grep -v x list > list
cat "$1" | sort > "$1"
sed s/a/b/ names > names
uniq < lines > lines
tr a b < text > text
awk '{print $1}' table > table
head -n 5 log | tail -n 1 > log
