"""What names of parameters usually stand for."""

ANY = ("any",)
INT, FLOAT, STR, BOOL = ("int",), ("float",), ("str",), ("bool",)
LIST, INTS, STRS = ("list", ANY), ("list", INT), ("list", STR)
DICT, FUNCTION = ("dict", STR, ANY), ("callable", 1)

NAMES = {}


def names(words, *types):
    for word in words.split():
        NAMES[word] = list(types)


names("n i j k m num count size length index idx pos position start stop end step limit offset "
      "depth level width height year month day hour minute days hours minutes max_length base "
      "maxsize capacity age number port times number_of target amount total indent begin lo hi "
      "low high left right row col rows cols digits places seed bits mask precision bit", INT)
names("x y z a b c value val v", INT, FLOAT, STR, LIST)
names("rate ratio factor percent percentage price weight alpha beta gamma radius angle lat lon "
      "latitude longitude temperature tolerance epsilon scale threshold probability mean mu sigma "
      "seconds timeout delay duration interval balance side distance speed mass", FLOAT, INT)
names("s text string str_ name path filename file_name word line sep separator prefix suffix "
      "title message msg key url label char ch pattern delimiter encoding source src content "
      "char1 char2 body email username user domain host password token html xml code slug "
      "description fmt format_ template input_string sentence phrase letter letters "
      "haystack needle unit currency country lang locale expression expr query language "
      "filepath dirname camel snake tag hex_string binary s1 s2 str1 str2 word1 word2", STR)
names("items xs ys lst arr array values list_ elements seq sequence iterable data nums numbers "
      "args results it iterator collection vals entries objs points list1 list2 l1 l2", INTS,
      LIST, STRS)
names("nums numbers arr array", INTS)
names("words lines names strings keys texts paths tokens parts fields columns tags labels chunks "
      "args_list", STRS)
names("d dct dict_ mapping kwargs options config settings params headers attrs obj record "
      "payload metadata environ env context dictionary d1 d2", DICT)
names("fn f func function key_func callback pred predicate cmp comparator mapper transform "
      "handler factory callable_ g key_fn keyfunc condition", FUNCTION)
names("flag verbose strict reverse reversed ignore_case case_sensitive recursive force enabled "
      "inclusive unique sorted_ lower upper debug allow_none default_flag inplace copy", BOOL)
names("matrix grid board table rows_ mat", ("list", INTS))
names("graph tree adjacency", ("dict", STR, LIST), ("list", INTS))
names("pair point coord interval_", ("tuple", INT, INT))
names("b_ buf buffer raw blob bytes_", ("bytes",))
names("node root head", ANY)
names("edges pairs coords intervals", ("list", ("tuple", INT, INT)))


def by_name(name):
    name = name.lower().strip("_")
    found = NAMES.get(name)
    if found:
        return found
    for prefix in ("is_", "has_", "use_", "allow_", "should_", "with_", "no_", "keep_", "include_"):
        if name.startswith(prefix):
            return [BOOL]
    for prefix in ("n_", "num_", "max_", "min_", "len_"):
        if name.startswith(prefix):
            return [INT]
    last = name.rpartition("_")[2].rstrip("0123456789")
    return NAMES.get(last) or NAMES.get(name.rstrip("0123456789")) or (
        [LIST] if last.endswith("s") and len(last) > 3 else [])
