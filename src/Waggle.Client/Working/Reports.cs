using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;

namespace Waggle.Client;

/// <summary>
/// Collects a handler's reports and sends them at most ten times a second; usage at most once a second, because the hub stores each report.
/// </summary>
/// <remarks>
/// Messages are queued inside the lock, so that the log, the progress and the end keep their order; the wait for room happens outside of it. Lock order: this,
/// then the flusher's or the connection's; neither calls back.
/// </remarks>
internal sealed class Reports(TaskWork work, LeaseReporter reporter, ReportFlusher flusher, TimeProvider time)
{
    private const int MaxLines = 200;
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(100);

    private static readonly TimeSpan LeastForUsage = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Usage> _usage = new(StringComparer.Ordinal);
    private List<string> _lines = [];
    private AgentLogLevel? _level;
    private long? _usageSentAt;
    private (double Value, string? Message)? _progress;
    private Task _sending = Task.CompletedTask;
    private long? _sentAt;
    private bool _scheduled;
    private bool _closed;

    private bool IsUsageDue => _usage.Count > 0 && (_closed || _usageSentAt is not { } sent || time.GetElapsedTime(sent) >= LeastForUsage);

    public ValueTask Progress(double value, string? message)
    {
        lock (_gate)
        {
            if (_closed) return default;
            // The hub would refuse a longer message as a whole.
            _progress = (value, message is null ? null : PlainText.Clip(message, Limits.MaxTextLength));
            if (_sentAt is null || time.GetElapsedTime(_sentAt.Value) >= Least) return new(Send());
            Schedule();
            return new(_sending);
        }
    }

    public ValueTask Use(Usage usage)
    {
        lock (_gate)
        {
            if (_closed) return default;
            Keep(usage);
            if (IsUsageDue) return new(Send());
            Schedule();
            return new(_sending);
        }
    }

    public ValueTask Log(string line, AgentLogLevel? level)
    {
        lock (_gate)
        {
            if (_closed) return default;
            // A message has lines of one level.
            if (_lines.Count > 0 && level != _level) _ = Send();
            _level = level;
            foreach (var part in PlainText.Split(line, Limits.MaxTextLength))
            {
                _lines.Add(part);
                if (_lines.Count >= MaxLines) _ = Send();
            }

            if (_lines.Count > 0) Schedule();
            return new(_sending);
        }
    }

    /// <summary>Sends the collected reports. The timer calls it.</summary>
    public void Flush()
    {
        lock (_gate)
        {
            _scheduled = false;
            if (_closed) return;
            // The queue has no room for the last reports yet, so new ones are collected, and the newest progress replaces the older.
            if (_sending.IsCompleted) _ = Send();
            else Schedule();
            if (_usage.Count > 0) Schedule();
        }
    }

    /// <summary>Sends the remaining reports and accepts no more.</summary>
    /// <param name="usage">The last report of usage; null for none.</param>
    public ValueTask Close(Usage? usage = null)
    {
        lock (_gate)
        {
            _closed = true;
            if (usage is not null) Keep(usage);
            return new(Send());
        }
    }

    private Task Send()
    {
        var sending = _sending;
        if (_lines.Count > 0)
        {
            var message = new TaskLog { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Lines = _lines, Level = _level };
            sending = Both(sending, reporter.SendAsync(work, message));
            _lines = [];
        }

        if (_progress is { } progress)
        {
            var message =
                new TaskProgress { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Progress = progress.Value, Message = progress.Message };
            sending = Both(sending, reporter.SendAsync(work, message));
            _progress = null;
        }

        if (IsUsageDue)
        {
            foreach (var usage in _usage.Values)
            {
                var message = new TaskUsage { Task = work.Id, Attempt = work.Attempt, Token = work.Token, Usage = usage };
                sending = Both(sending, reporter.SendAsync(work, message));
            }

            _usage.Clear();
            _usageSentAt = time.GetTimestamp();
        }

        _sentAt = time.GetTimestamp();
        _sending = sending;
        return sending;
    }

    private void Keep(Usage usage)
    {
        var model = usage.Model ?? "";
        _usage[model] = _usage.TryGetValue(model, out var waiting) ? Merge(waiting, usage) : usage;
    }

    private void Schedule()
    {
        if (_scheduled) return;
        _scheduled = true;
        flusher.Add(this);
    }

    // A field that is left out stays as it was.
    private static Usage Merge(Usage waiting, Usage usage) => usage with
    {
        InputTokens = usage.InputTokens ?? waiting.InputTokens,
        OutputTokens = usage.OutputTokens ?? waiting.OutputTokens,
        CachedTokens = usage.CachedTokens ?? waiting.CachedTokens,
        ReasoningTokens = usage.ReasoningTokens ?? waiting.ReasoningTokens,
        CostUsd = usage.CostUsd ?? waiting.CostUsd,
    };

    private static Task Both(Task first, ValueTask second)
    {
        if (second.IsCompletedSuccessfully) return first;
        return first.IsCompletedSuccessfully ? second.AsTask() : Task.WhenAll(first, second.AsTask());
    }
}

/// <summary>One timer for the reports of all tasks. It runs only while reports wait.</summary>
internal sealed class ReportFlusher : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly ITimer _timer;
    private List<Reports> _waiting = [];

    public ReportFlusher(TimeProvider time) =>
        _timer = time.CreateTimer(static state => ((ReportFlusher)state!).Flush(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Add(Reports reports)
    {
        lock (_gate)
        {
            _waiting.Add(reports);
            if (_waiting.Count == 1) _timer.Change(Pause, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Flush()
    {
        List<Reports> due;
        lock (_gate) (due, _waiting) = (_waiting, []);
        foreach (var reports in due) reports.Flush();
    }
}
