using System.Text;
using static Waggle.TestKit.Framing.ClientFrame;

namespace Waggle.TestKit.Framing;

/// <summary>Categories 1 to 5 and 7: frames, control frames, reserved bits, opcodes, fragments, closing.</summary>
public static class FramingCases
{
    private const string Hello = "Hello, world!";
    private static readonly byte[] NotText = [0, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0, 0xff];

    /// <summary>All cases except the large ones.</summary>
    public static IReadOnlyList<FramingCase> All { get; } =
        [.. Frames(), .. Pings(), .. ReservedBits(), .. Opcodes(), .. Fragments(), .. Utf8Cases.All(), .. Closing(), .. LargeCases.AutoFragments()];

    public static FramingCase Get(string number) => All.Single(c => c.Number == number);

    private static IEnumerable<FramingCase> Frames()
    {
        // The eighth case is the seventh in chops; the runner chooses where to cut.
        int[] sizes = [0, 125, 126, 127, 128, 65535, 65536, 65536];
        for (var i = 0; i < sizes.Length; i++)
        {
            var text = new string('*', sizes[i]);
            yield return new CaseBuilder($"1.1.{i + 1}").Frame(Text, text).Tells(ToldKind.Text, text);
            var bytes = Filled(sizes[i]);
            yield return new CaseBuilder($"1.2.{i + 1}").Frame(Binary, bytes).Tells(ToldKind.Binary, bytes);
        }
    }

    private static IEnumerable<FramingCase> Pings()
    {
        yield return new CaseBuilder("2.1").Frame(Ping).Tells(ToldKind.Ping);
        yield return new CaseBuilder("2.2").Frame(Ping, Hello).Tells(ToldKind.Ping, Hello);
        yield return new CaseBuilder("2.3").Frame(Ping, NotText).Tells(ToldKind.Ping, NotText);
        yield return new CaseBuilder("2.4").Frame(Ping, Filled(125)).Tells(ToldKind.Ping, Filled(125));
        yield return new CaseBuilder("2.5").Frame(Ping, Filled(126)).Fails();
        yield return new CaseBuilder("2.6").Frame(Ping, Filled(125)).Tells(ToldKind.Ping, Filled(125));
        yield return new CaseBuilder("2.7").Frame(Pong).Tells(ToldKind.Pong);
        yield return new CaseBuilder("2.8").Frame(Pong, "nobody asked").Tells(ToldKind.Pong, "nobody asked");
        yield return new CaseBuilder("2.9").Frame(Pong, "nobody asked").Frame(Ping, "asked").Tells(ToldKind.Pong, "nobody asked").Tells(ToldKind.Ping, "asked");
        foreach (var number in new[] { "2.10", "2.11" })
        {
            var ten = new CaseBuilder(number);
            for (var i = 0; i < 10; i++) ten.Frame(Ping, $"payload-{i}").Tells(ToldKind.Ping, $"payload-{i}");
            yield return ten;
        }
    }

    private static IEnumerable<FramingCase> ReservedBits()
    {
        yield return new CaseBuilder("3.1").Frame(Text, Hello, reserved: 1).Fails();
        for (var bits = 2; bits <= 4; bits++)
            yield return new CaseBuilder($"3.{bits}").Frame(Text, Hello).Frame(Text, Hello, reserved: bits).Frame(Ping).Tells(ToldKind.Text, Hello).Fails();
        yield return new CaseBuilder("3.5").Frame(Binary, NotText, reserved: 5).Fails();
        yield return new CaseBuilder("3.6").Frame(Ping, Hello, reserved: 6).Fails();
        yield return new CaseBuilder("3.7").Frame(Close, reserved: 7).Fails();
    }

    private static IEnumerable<FramingCase> Opcodes()
    {
        foreach (var (group, first) in new[] { (1, 3), (2, 11) })
        {
            yield return new CaseBuilder($"4.{group}.1").Frame(first).Fails();
            yield return new CaseBuilder($"4.{group}.2").Frame(first + 1, "of no use").Fails();
            for (var i = 2; i < 5; i++)
            {
                yield return new CaseBuilder($"4.{group}.{i + 1}")
                    .Frame(Text, Hello).Frame(first + i, i == 2 ? "" : Hello).Frame(Ping).Tells(ToldKind.Text, Hello).Fails();
            }
        }
    }

    private static IEnumerable<FramingCase> Fragments()
    {
        yield return new CaseBuilder("5.1").Frame(Ping, "one", final: false).Frame(Continuation, "two").Fails();
        yield return new CaseBuilder("5.2").Frame(Pong, "one", final: false).Frame(Continuation, "two").Fails();
        for (var i = 3; i <= 5; i++) yield return new CaseBuilder($"5.{i}").Frame(Text, "one", final: false).Frame(Continuation, "two").Tells(ToldKind.Text, "onetwo");
        for (var i = 6; i <= 8; i++)
        {
            yield return new CaseBuilder($"5.{i}")
                .Frame(Text, "one", final: false).Frame(Ping, "between").Frame(Continuation, "two").Tells(ToldKind.Ping, "between").Tells(ToldKind.Text, "onetwo");
        }

        for (var i = 9; i <= 14; i++) yield return new CaseBuilder($"5.{i}").Frame(Continuation, "of what?", final: i < 12).Frame(Text, Hello).Fails();
        yield return new CaseBuilder("5.15")
            .Frame(Text, "one", final: false).Frame(Continuation, "two").Frame(Continuation, "three", final: false).Frame(Text, "four").Tells(ToldKind.Text, "onetwo").Fails();
        foreach (var (number, final) in new[] { ("5.16", false), ("5.17", true) })
        {
            var twice = new CaseBuilder(number);
            for (var i = 0; i < 2; i++) twice.Frame(Continuation, "one", final).Frame(Text, "two", final: false).Frame(Continuation, "three");
            yield return twice.Fails();
        }

        yield return new CaseBuilder("5.18").Frame(Text, "one", final: false).Frame(Text, "two").Fails();
        for (var i = 19; i <= 20; i++)
        {
            yield return new CaseBuilder($"5.{i}")
                .Frame(Text, "1", final: false).Frame(Continuation, "2", final: false).Frame(Ping, "first").Tells(ToldKind.Ping, "first")
                .Frame(Continuation, "3", final: false).Frame(Continuation, "4", final: false).Frame(Ping, "second").Tells(ToldKind.Ping, "second")
                .Frame(Continuation, "5").Tells(ToldKind.Text, "12345");
        }
    }

    private static IEnumerable<FramingCase> Closing()
    {
        var done = CloseWith(1000);
        yield return new CaseBuilder("7.1.1").Frame(Text, Hello).Tells(ToldKind.Text, Hello).Raw(done).TellsClose(1000);
        yield return new CaseBuilder("7.1.2").Raw(done).Frame(Close).TellsClose(1000);
        yield return new CaseBuilder("7.1.3").Raw(done).Frame(Ping).TellsClose(1000);
        yield return new CaseBuilder("7.1.4").Raw(done).Frame(Text, Hello).TellsClose(1000);
        yield return new CaseBuilder("7.1.5").Frame(Text, "one", final: false).Raw(done).Frame(Continuation, "two").TellsClose(1000);
        var large = string.Concat(Enumerable.Repeat("BAsd7&jh23", 26215))[..(256 * 1024)];
        yield return new CaseBuilder("7.1.6").Frame(Text, large).Frame(Text, Hello).Raw(done).Frame(Ping).Tells(ToldKind.Text, large).Tells(ToldKind.Text, Hello).TellsClose(1000);
        yield return new CaseBuilder("7.3.1").Frame(Close).TellsClose(1005);
        yield return new CaseBuilder("7.3.2").Frame(Close, "a").Fails();
        yield return new CaseBuilder("7.3.3").Raw(done).TellsClose(1000);
        yield return new CaseBuilder("7.3.4").Raw(CloseWith(1000, "Hello World!"u8)).TellsClose(1000);
        yield return new CaseBuilder("7.3.5").Raw(CloseWith(1000, Encoding.ASCII.GetBytes(new string('*', 123)))).TellsClose(1000);
        yield return new CaseBuilder("7.3.6").Raw(CloseWith(1000, Encoding.ASCII.GetBytes(new string('*', 124)))).Fails();
        yield return new CaseBuilder("7.5.1").Raw(CloseWith(1000, Utf8Cases.Broken)).Fails(1007);
        int[] valid = [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 3999, 4000, 4999];
        for (var i = 0; i < valid.Length; i++) yield return new CaseBuilder($"7.7.{i + 1}").Raw(CloseWith(valid[i])).TellsClose(valid[i]);
        int[] invalid = [0, 999, 1004, 1005, 1006, 1016, 1100, 2000, 2999];
        for (var i = 0; i < invalid.Length; i++) yield return new CaseBuilder($"7.9.{i + 1}").Raw(CloseWith(invalid[i])).Fails();

        // The standard does not decide this; Waggle treats it as a violation.
        yield return new CaseBuilder("7.13.1").Raw(CloseWith(5000)).Fails();
        yield return new CaseBuilder("7.13.2").Raw(CloseWith(65535)).Fails();
    }

    private static byte[] Filled(int size)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, (byte)0xfe);
        return bytes;
    }
}
