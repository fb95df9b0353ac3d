using System.Buffers.Text;

namespace Waggle.Server.Insight;

/// <summary>Parses the numbers in Linux's small files. Pure, so that tests can pass the texts of other machines.</summary>
internal static class ProcText
{
    /// <summary>Parses /proc/stat: clock ticks of all cores together since the machine started. Idle is idle and waiting for I/O.</summary>
    public static (long Busy, long All)? Cpu(ReadOnlySpan<byte> stat)
    {
        if (!stat.StartsWith("cpu "u8)) return null;
        var rest = stat[4..];
        if (rest.IndexOf((byte)'\n') is >= 0 and var end) rest = rest[..end];
        long all = 0, idle = 0;

        // The fields are user nice system idle iowait irq softirq steal; user and nice already include the time of guests.
        for (var field = 0; field < 8; field++)
        {
            if (Next(ref rest) is not { } ticks) return field >= 4 ? (all - idle, all) : null;
            all += ticks;
            if (field is 3 or 4) idle += ticks;
        }

        return (all - idle, all);
    }

    /// <summary>Returns a line of /proc/meminfo in bytes.</summary>
    public static long? Memory(ReadOnlySpan<byte> meminfo, ReadOnlySpan<byte> name)
    {
        while (NextLine(ref meminfo, out var line))
        {
            if (!line.StartsWith(name) || line.Length <= name.Length || line[name.Length] != ':') continue;
            var rest = line[(name.Length + 1)..];
            return Next(ref rest) * 1024;
        }

        return null;
    }

    /// <summary>Parses /proc/net/dev: bytes of all interfaces except the loopback since each came up.</summary>
    public static (long Received, long Sent)? Network(ReadOnlySpan<byte> dev)
    {
        long received = 0, sent = 0;
        var interfaces = 0;
        while (NextLine(ref dev, out var line))
        {
            var colon = line.IndexOf((byte)':');
            if (colon < 0 || line[..colon].Trim((byte)' ').SequenceEqual("lo"u8)) continue;
            var rest = line[(colon + 1)..];
            for (var field = 0; field < 9; field++)
            {
                if (Next(ref rest) is not { } value) return null;
                if (field == 0) received += value;
                else if (field == 8) sent += value;
            }

            interfaces++;
        }

        return interfaces > 0 ? (received, sent) : null;
    }

    /// <summary>Parses /proc/self/statm: the pages in memory.</summary>
    public static long? ResidentPages(ReadOnlySpan<byte> statm) => Next(ref statm) is null ? null : Next(ref statm);

    /// <summary>Returns the only number of a file; null for "max".</summary>
    public static long? Number(ReadOnlySpan<byte> text) => Next(ref text);

    /// <summary>Parses cpu.max of a cgroup: quota and period; null for no limit.</summary>
    public static double? Cores(ReadOnlySpan<byte> max) => Next(ref max) is { } quota && Next(ref max) is { } period and > 0 ? (double)quota / period : null;

    /// <summary>Returns a line "name value" of a cgroup's memory.stat.</summary>
    public static long? Stat(ReadOnlySpan<byte> stat, ReadOnlySpan<byte> name)
    {
        while (NextLine(ref stat, out var line))
        {
            if (!line.StartsWith(name) || line.Length <= name.Length || line[name.Length] != ' ') continue;
            var rest = line[name.Length..];
            return Next(ref rest);
        }

        return null;
    }

    /// <summary>Returns the path of a process in the one tree of cgroup v2, from /proc/self/cgroup.</summary>
    public static string? CgroupPath(string cgroup) =>
        cgroup.Split('\n').FirstOrDefault(l => l.StartsWith("0::/", StringComparison.Ordinal))?["0::".Length..].TrimEnd('/');

    private static bool NextLine(ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> line)
    {
        var end = text.IndexOf((byte)'\n');
        line = end < 0 ? text : text[..end];
        text = end < 0 ? [] : text[(end + 1)..];
        return !line.IsEmpty || !text.IsEmpty;
    }

    private static long? Next(ref ReadOnlySpan<byte> text)
    {
        text = text.TrimStart((byte)' ');
        if (!Utf8Parser.TryParse(text, out long value, out var read)) return null;
        text = text[read..];
        return value;
    }
}
