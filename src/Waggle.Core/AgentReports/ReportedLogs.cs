using Waggle.Protocol.Model;

namespace Waggle.Core.AgentReports;

/// <summary>The last log entries of agents. All agents together have a bounded number of bytes; the oldest entry of any agent leaves first.</summary>
internal sealed class ReportedLogs(int perAgent = ReportedLogs.PerAgent, long maxBytes = ReportedLogs.MaxBytes)
{
    public const int PerAgent = 100;
    public const long MaxBytes = 16 * 1024 * 1024;

    // What an entry costs besides its texts.
    private const int Overhead = 200;

    private readonly LinkedList<(string Agent, ReportedLog Log, int Bytes)> _all = [];
    private readonly Dictionary<string, Queue<LinkedListNode<(string Agent, ReportedLog Log, int Bytes)>>> _byAgent = new(StringComparer.Ordinal);
    private long _bytes;

    public IReadOnlyList<ReportedLog> Of(string agent) => _byAgent.TryGetValue(agent, out var entries) ? [.. entries.Select(e => e.Value.Log)] : [];

    public void Add(string agent, AgentLogEntry entry, DateTimeOffset at)
    {
        if (!_byAgent.TryGetValue(agent, out var entries)) _byAgent[agent] = entries = [];
        var bytes = Overhead + (2 * entry.Message.Length) + entry.Context.Utf8.Length;
        entries.Enqueue(_all.AddLast((agent, new ReportedLog(at, entry), bytes)));
        _bytes += bytes;
        if (entries.Count > perAgent) RemoveFirst(agent);
        while (_bytes > maxBytes && _all.First is { } oldest) RemoveFirst(oldest.Value.Agent);
    }

    public void Forget(string agent)
    {
        while (_byAgent.ContainsKey(agent)) RemoveFirst(agent);
    }

    private void RemoveFirst(string agent)
    {
        var entries = _byAgent[agent];
        var first = entries.Dequeue();
        _bytes -= first.Value.Bytes;
        _all.Remove(first);
        if (entries.Count == 0) _byAgent.Remove(agent);
    }
}
