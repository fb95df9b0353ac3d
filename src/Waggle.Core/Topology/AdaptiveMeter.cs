using Waggle.Protocol.Model;

namespace Waggle.Core.Topology;

/// <summary>What is measured of a swarm with an adaptive topology, over the last minute. Used by the owner's loop alone.</summary>
internal sealed class AdaptiveMeter
{
    private readonly Queue<Bucket> _buckets = new();
    private readonly Dictionary<string, Busy> _leads = new(StringComparer.Ordinal);
    private int _ended;
    private int _failed;
    private DateTimeOffset? _from;

    /// <summary>The number of reviews in a row that found the same change advisable.</summary>
    public int InARow { get; private set; }

    public TopologyKind? Advised { get; private set; }

    /// <summary>Counts the end of an attempt.</summary>
    public void End(string outcome)
    {
        if (outcome is not (AttemptOutcomes.Completed or AttemptOutcomes.Failed or AttemptOutcomes.Timeout or AttemptOutcomes.Lost)) return;
        _ended++;
        if (outcome != AttemptOutcomes.Completed) _failed++;
    }

    /// <summary>Notes which part of its slots a lead uses from now on.</summary>
    public void See(string lead, double share, DateTimeOffset now)
    {
        var before = _leads.GetValueOrDefault(lead) ?? new Busy(share, now, TimeSpan.Zero, TimeSpan.Zero);
        _leads[lead] = before.Until(now) with { Share = share };
    }

    /// <summary>The figures of the window that ends now.</summary>
    public AdaptiveReading Read(DateTimeOffset now, int members)
    {
        var (ended, failed) = (_ended + _buckets.Sum(b => b.Ended), _failed + _buckets.Sum(b => b.Failed));
        var leads = _leads.Values.Select(l => l.Until(now)).ToArray();
        var span = leads.Sum(l => l.Seen.TotalSeconds) + _buckets.Sum(b => b.Seen);
        var busy = leads.Sum(l => l.Used.TotalSeconds) + _buckets.Sum(b => b.Used);
        var since = _buckets.Count > 0 ? _buckets.Peek().From : _from ?? now;
        return new(members, ended, ended < AdaptiveRule.LeastEnded ? null : (double)failed / ended, span > 0 ? busy / span : null, now - since);
    }

    /// <summary>Ends a review: the window moves on.</summary>
    public void Close(DateTimeOffset now, TopologyKind? advised, IReadOnlyList<string> leads)
    {
        InARow = advised is null ? 0 : advised == Advised ? InARow + 1 : 1;
        Advised = advised;
        var seen = _leads.Values.Select(l => l.Until(now)).ToArray();
        _buckets.Enqueue(new(_from ?? now, _ended, _failed, seen.Sum(l => l.Seen.TotalSeconds), seen.Sum(l => l.Used.TotalSeconds)));
        while (_buckets.Count >= AdaptiveRule.Buckets) _buckets.Dequeue();
        (_ended, _failed, _from) = (0, 0, now);
        foreach (var (lead, busy) in _leads.ToArray())
        {
            if (leads.Contains(lead, StringComparer.Ordinal)) _leads[lead] = busy with { Since = now, Seen = TimeSpan.Zero, Used = TimeSpan.Zero };
            else _leads.Remove(lead);
        }
    }

    private readonly record struct Bucket(DateTimeOffset From, int Ended, int Failed, double Seen, double Used);

    /// <param name="Share">The used part of its slots since a time.</param>
    /// <param name="Seen">The time that was measured before that.</param>
    /// <param name="Used">The same, weighted by the used part.</param>
    private sealed record Busy(double Share, DateTimeOffset Since, TimeSpan Seen, TimeSpan Used)
    {
        public Busy Until(DateTimeOffset now) => this with { Since = now, Seen = Seen + (now - Since), Used = Used + ((now - Since) * Share) };
    }
}

/// <summary>The figures of an adaptive swarm.</summary>
/// <param name="FailedShare">
/// The share of the ended attempts that failed, timed out or were lost; null for fewer than <see cref="AdaptiveRule.LeastEnded"/>.
/// </param>
/// <param name="LeadBusy">The used part of the leads' slots, averaged over the time; null without a lead.</param>
/// <param name="Window">The time that was measured.</param>
internal readonly record struct AdaptiveReading(int Members, int Ended, double? FailedShare, double? LeadBusy, TimeSpan Window);
