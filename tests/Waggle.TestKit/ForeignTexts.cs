using System.Text.Json;

namespace Waggle.TestKit;

/// <summary>A JSON value as a client may send it, and as every reader receives it (docs/adr/0015-foreign-text.md).</summary>
public sealed record ForeignValue(string Name, string Sent, string Read)
{
    public ForeignValue(string name, string sent)
        : this(name, sent, sent)
    {
    }

    /// <summary>The text of a string as readers receive it.</summary>
    public string Text => JsonElement.Parse(Read).GetString()!;

    public override string ToString() => Name;
}

/// <summary>The one corpus of foreign text. Tests run all of it through every input and output of the hub.</summary>
public static class ForeignTexts
{
    public static IReadOnlyList<ForeignValue> Strings { get; } =
    [
        new("a high half at the end, as slice() leaves it", "\"reading the file \\ud83d\"", "\"reading the file \\ufffd\""),
        new("a high half in upper case", "\"\\uD83D and more\"", "\"\\ufffd and more\""),
        new("a low half", "\"\\ude00 first\"", "\"\\ufffd first\""),
        new("two halves in the wrong order", "\"a\\ude00\\ud83db\"", "\"a\\ufffd\\ufffdb\""),
        new("a high half before a whole pair", "\"\\ud83d\\ud83d\\ude00\"", "\"\\ufffd\\ud83d\\ude00\""),
        new("a whole pair, escaped", "\"\\ud83d\\ude00\""),
        new("what only looks like a half", "\"C:\\\\ud83d and \\\\\\\\ude00\""),
        new("a half behind an escaped backslash", "\"\\\\\\ud83d\"", "\"\\\\\\ufffd\""),
        new("emoji and a family of them", "\"😀 👩‍👩‍👧\""),
        new("NUL", "\"a\\u0000b\""),
        new("C0 controls", "\"\\u0001\\b\\f\\t\\u001b[2J\\u001b]0;owned\\u0007\""),
        new("line ends", "\"one\\r\\ntwo\\rthree\""),
        new("DEL and C1 controls, raw", "\"\u007f\u0085\u009b31m\u009d0;owned\u009c\""),
        new("bidirectional controls, raw", "\"invoice\u202Efdp.exe \u2066x\u2069 \u200F\""),
        new("line separators, raw", "\"one\u2028two\u2029three\""),
        new("a byte order mark within", "\"\uFEFFtext\uFEFF\""),
        new("a noncharacter and a private one", "\"\uFFFF \uE000\""),
        new("markup and quotes", "\"it's <b>&amp;</b> \\\"x\\\" + \\/ [link]\""),
        new("what begins like an option", "\"--help\""),
        new("a shell's words", "\"$(reboot) `id` ; rm -rf / # '\""),
        new("10,000 characters", $"\"{new string('n', 10_000)}\""),
        new("10,000 emoji", $"\"{string.Concat(Enumerable.Repeat("😀", 10_000))}\""),
    ];

    /// <summary>Values that a payload may contain, beside the strings. The hub returns them unchanged.</summary>
    public static IReadOnlyList<ForeignValue> Values { get; } =
    [
        .. Strings,
        new("a number beyond every type", "1e999999999999"),
        new("its opposite", "-1e999999999999"),
        new("one next to nothing", "1e-999999999999"),
        new("a number of 5,000 digits", "0." + new string('3', 5_000)),
        new("minus zero", "-0.0"),
        new("duplicate keys", "{\"a\":1,\"a\":2,\"\":3,\"\":4}"),
        new("keys that are halves", "{\"\\ud83d\":1,\"\\ud83e\":2}", "{\"\\ufffd\":1,\"\\ufffd\":2}"),
        new("keys with a meaning elsewhere", "{\"__proto__\":{\"x\":1},\"$ref\":\"#\",\"constructor\":null}"),
        new("30 arrays within each other", Nested(30)),
    ];

    /// <summary>Values that are deeper than a message may be (64).</summary>
    public static IReadOnlyList<ForeignValue> TooDeep { get; } = [new("200 arrays within each other", Nested(200)), new("900 arrays within each other", Nested(900))];

    public const string ByteOrderMark = "\uFEFF";

    private static string Nested(int depth) => new string('[', depth) + new string(']', depth);
}
