using static Waggle.TestKit.Framing.ClientFrame;

namespace Waggle.TestKit.Framing;

/// <summary>Categories 9 and 10: large messages, in many frames, and many of them, at a sixteenth of the suite's sizes and counts to stay quick.</summary>
public static class LargeCases
{
    private const int Scale = 16;

    /// <summary>The largest payload among them.</summary>
    public const int Largest = 16 * 1024 * 1024 / Scale;

    public static IReadOnlyList<FramingCase> All { get; } = [.. Whole(), .. InFragments(), .. InChops(), .. Many()];

    internal static IEnumerable<FramingCase> AutoFragments()
    {
        var payload = Of(Text, 65536);
        yield return new CaseBuilder("10.1.1").Raw(Fragments(Text, payload, 1300)).Tells(ToldKind.Text, payload);
    }

    private static IEnumerable<FramingCase> Whole()
    {
        int[] kilobytes = [64, 256, 1024, 4096, 8192, 16384];
        for (var i = 0; i < kilobytes.Length; i++)
        {
            foreach (var (group, opcode, kind) in Kinds(1))
            {
                var payload = Of(opcode, kilobytes[i] * 1024 / Scale);
                yield return new CaseBuilder($"9.{group}.{i + 1}").Frame(opcode, payload).Tells(kind, payload);
            }
        }
    }

    private static IEnumerable<FramingCase> InFragments()
    {
        int[] sizes = [64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304];
        for (var i = 0; i < sizes.Length; i++)
        {
            foreach (var (group, opcode, kind) in Kinds(3))
            {
                var payload = Of(opcode, 4 * 1024 * 1024 / Scale);
                yield return new CaseBuilder($"9.{group}.{i + 1}").Raw(Fragments(opcode, payload, sizes[i] / Scale)).Tells(kind, payload);
            }
        }
    }

    // The suite has six sizes of chops; here the runner chooses where to cut.
    private static IEnumerable<FramingCase> InChops()
    {
        for (var i = 0; i < 6; i++)
        {
            foreach (var (group, opcode, kind) in Kinds(5))
            {
                var payload = Of(opcode, 1024 * 1024 / Scale);
                yield return new CaseBuilder($"9.{group}.{i + 1}").Frame(opcode, payload).Tells(kind, payload);
            }
        }
    }

    private static IEnumerable<FramingCase> Many()
    {
        int[] sizes = [0, 16, 64, 256, 1024, 4096];
        for (var i = 0; i < sizes.Length; i++)
        {
            foreach (var (group, opcode, kind) in Kinds(7))
            {
                var payload = Of(opcode, sizes[i]);
                var many = new CaseBuilder($"9.{group}.{i + 1}");
                for (var n = 0; n < 1000 / Scale; n++) many.Frame(opcode, payload).Tells(kind, payload);
                yield return many;
            }
        }
    }

    private static (int Group, int Opcode, ToldKind Kind)[] Kinds(int group) => [(group, Text, ToldKind.Text), (group + 1, Binary, ToldKind.Binary)];

    private static byte[] Of(int opcode, int size)
    {
        var payload = new byte[size];
        for (var i = 0; i < size; i++) payload[i] = opcode == Text ? "BAsd7&jh23"u8[i % 10] : (byte)(0xfe - (i % 7));
        return payload;
    }
}
