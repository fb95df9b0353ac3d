using System.Text;
using static Waggle.TestKit.Framing.ClientFrame;

namespace Waggle.TestKit.Framing;

/// <summary>Category 6: text must be UTF-8, and a violation is reported at the first byte that cannot be valid.</summary>
internal static class Utf8Cases
{
    /// <summary>Text, then an unpaired surrogate, then text.</summary>
    public static readonly byte[] Broken = [.. Greek, 0xed, 0xa0, 0x80, .. "edited"u8];

    private const string Accents = "Hello-µ@ßöäüàá-UTF-8!!";

    // The text is beyond the last code point from its second byte on.
    private static readonly byte[] TooFar = [.. Greek, 0xf4, 0x90, 0x80, 0x80, .. "edited"u8];

    private static byte[] Greek => [0xce, 0xba, 0xe1, 0xbd, 0xb9, 0xcf, 0x83, 0xce, 0xbc, 0xce, 0xb5];

    public static IEnumerable<FramingCase> All() => [.. InFrames(), .. AtOnce(), .. Tables()];

    private static IEnumerable<FramingCase> InFrames()
    {
        yield return new CaseBuilder("6.1.1").Frame(Text).Tells(ToldKind.Text);
        yield return new CaseBuilder("6.1.2").Frame(Text, final: false).Frame(Continuation, final: false).Frame(Continuation).Tells(ToldKind.Text);
        yield return new CaseBuilder("6.1.3").Frame(Text, final: false).Frame(Continuation, "middle", final: false).Frame(Continuation).Tells(ToldKind.Text, "middle");
        yield return new CaseBuilder("6.2.1").Frame(Text, Accents).Tells(ToldKind.Text, Accents);
        yield return new CaseBuilder("6.2.2").Frame(Text, Accents[..11], final: false).Frame(Continuation, Accents[11..]).Tells(ToldKind.Text, Accents);
        yield return new CaseBuilder("6.2.3").Raw(Fragments(Text, Encoding.UTF8.GetBytes(Accents), 1)).Tells(ToldKind.Text, Accents);
        yield return new CaseBuilder("6.2.4").Raw(Fragments(Text, Greek, 1)).Tells(ToldKind.Text, Greek);
        yield return new CaseBuilder("6.3.1").Frame(Text, Broken).Fails(1007);
        yield return new CaseBuilder("6.3.2").Raw(Fragments(Text, Broken, 1)).Fails(1007);
    }

    private static IEnumerable<FramingCase> AtOnce()
    {
        var bad = Greek.Length + 1;
        var second = Of(Continuation, TooFar.AsSpan(Greek.Length, 4), final: false);
        yield return new CaseBuilder("6.4.1").Frame(Text, Greek, final: false).Raw(second[..^2]).KnownHere().Raw(second[^2..]).Frame(Continuation, "edited").Fails(1007);
        yield return new CaseBuilder("6.4.2")
            .Frame(Text, TooFar[..bad], final: false).Frame(Continuation, TooFar[bad..(bad + 1)], final: false).KnownHere().Frame(Continuation, TooFar[(bad + 1)..]).Fails(1007);
        foreach (var number in new[] { "6.4.3", "6.4.4" })
        {
            var frame = Of(Text, TooFar);
            var known = frame.Length - TooFar.Length + bad + 1;
            yield return new CaseBuilder(number).Raw(frame[..known]).KnownHere().Raw(frame[known..]).Fails(1007);
        }
    }

    private static IEnumerable<FramingCase> Tables()
    {
        var group = 5;
        foreach (var table in Utf8Tables.All())
        {
            var number = 1;
            foreach (var (valid, text) in table)
            {
                var sent = new CaseBuilder($"6.{group}.{number++}").Frame(Text, text);
                yield return valid ? sent.Tells(ToldKind.Text, text) : sent.Fails(1007);
            }

            group++;
        }
    }
}
