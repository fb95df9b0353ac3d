using System.Text;

namespace Waggle.TestKit.Framing;

/// <summary>Groups 6.5 to 6.23: valid and invalid UTF-8 after Markus Kuhn's stress test for decoders.</summary>
internal static class Utf8Tables
{
    private static byte[] Greek => Hex("ceba e1bdb9 cf83 cebc ceb5")[0];

    public static IEnumerable<IEnumerable<(bool Valid, byte[] Text)>> All() =>
    [
        [.. Valid(Encoding.UTF8.GetBytes("hello$world"), Encoding.UTF8.GetBytes("hello¢world"), Encoding.UTF8.GetBytes("hello€world"), [.. "hello"u8, 0xf0, 0xa4, 0xad, 0xa2, .. "world"u8], Greek)],
        Enumerable.Range(1, Greek.Length).Select(length => (length is 2 or 5 or 7 or 9 or 11, Greek[..length])),

        // The first and last character of each length, those of the former five and six bytes, and those around the holes.
        Valid(Hex("00", "c280", "e0a080", "f0908080")),
        Invalid(Hex("f888808080", "fc8480808080")),
        Valid(Hex("7f", "dfbf", "efbfbf", "f48fbfbf")),
        Invalid(Hex("f7bfbfbf", "fbbfbfbfbf", "fdbfbfbfbfbf")),
        [.. Valid(Hex("ed9fbf", "ee8080", "efbfbd", "f48fbfbf")), .. Invalid(Hex("f4908080"))],

        // Continuation bytes alone, lead bytes without continuation, both together, and bytes that never occur.
        [.. Invalid(Hex("80", "bf", "80bf", "80bf80", "80bf80bf", "80bf80bf80", "80bf80bf80bf")), (false, [.. Enumerable.Range(0x80, 0x3f).Select(b => (byte)b)])],
        new[] { (0xc0, 0xdf), (0xe0, 0xef), (0xf0, 0xf7), (0xf8, 0xfb), (0xfc, 0xfd) }.Select(r => (false, Lonely(r.Item1, r.Item2))),
        Invalid(Unfinished),
        [(false, [.. Unfinished.SelectMany(u => u)])],
        Invalid(Hex("fe", "ff", "fefeffff")),

        // Overlong encodings.
        Invalid(Hex("c0af", "e080af", "f08080af", "f8808080af", "fc80808080af")),
        Invalid(Hex("c1bf", "e09fbf", "f08fbfbf", "f887bfbfbf", "fc83bfbfbfbf")),
        Invalid(Hex("c080", "e08080", "f0808080", "f880808080", "fc8080808080")),

        // Unpaired and paired UTF-16 surrogates.
        Invalid(Hex("eda080", "edadbf", "edae80", "edafbf", "edb080", "edbe80", "edbfbf")),
        Invalid(Hex("eda080edb080", "eda080edbfbf", "edadbfedb080", "edadbfedbfbf", "edae80edb080", "edae80edbfbf", "edafbfedb080", "edafbfedbfbf")),

        // Code points that are no characters, and special ones: valid.
        NoCharacters().Select(text => (true, text)),
        Valid(Hex("efbfb9", "efbfba", "efbfbb", "efbfbc", "efbfbd", "efbfbe", "efbfbf")),
    ];

    private static byte[][] Unfinished => Hex("c0", "e080", "f08080", "f8808080", "fc80808080", "df", "efbf", "f7bfbf", "fbbfbfbf", "fdbfbfbfbf");

    private static IEnumerable<byte[]> NoCharacters()
    {
        yield return [0xef, 0xbf, 0xbe];
        yield return [0xef, 0xbf, 0xbf];
        for (var plane = 1; plane <= 16; plane++)
        {
            yield return Encoding.UTF8.GetBytes(char.ConvertFromUtf32((plane << 16) | 0xfffe));
            yield return Encoding.UTF8.GetBytes(char.ConvertFromUtf32((plane << 16) | 0xffff));
        }
    }

    private static byte[] Lonely(int first, int end) => [.. Enumerable.Range(first, end - first).SelectMany(b => new[] { (byte)b, (byte)' ' })];

    private static byte[][] Hex(params string[] texts) => [.. texts.Select(t => Convert.FromHexString(t.Replace(" ", "", StringComparison.Ordinal)))];

    private static IEnumerable<(bool Valid, byte[] Text)> Valid(params byte[][] texts) => texts.Select(t => (true, t));

    private static IEnumerable<(bool Valid, byte[] Text)> Invalid(params byte[][] texts) => texts.Select(t => (false, t));
}
