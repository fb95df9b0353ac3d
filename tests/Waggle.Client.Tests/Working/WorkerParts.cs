using System.Collections.Concurrent;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.Protocol.Model;
using Waggle.TestKit;

namespace Waggle.Client.Tests.Working;

/// <summary>The parts of a worker without a socket: what it would send stays in the table's queue.</summary>
internal sealed class WorkerParts
{
    public WorkerParts()
    {
        Options = new WaggleWorkerOptions
        {
            Time = Time,
            OnAcknowledged = (task, _, _, ack) => Calls.Enqueue($"acknowledged {task} {ack.State}"),
            OnRejected = (task, _, _, code) => Calls.Enqueue($"rejected {task} {code}"),
            OnReportRejected = (task, _, _, code) => Calls.Enqueue($"report rejected {task} {code}"),
        };
        Requests = new RequestTable(100, Time);
        Reporter = new LeaseReporter(Options, Leases, Requests, Failures.Enqueue);
        Flusher = new ReportFlusher(Time);
        var contents = new LongContents(() => MaxMessageBytes, (work, result, _) => Upload(work, result), (work, _) => Read(work));
        Runner = new TaskRunner(
            State, (work, cancel) => Handler(work, cancel), Reporter, Flusher, Time, contents, (_, _) => throw new InvalidOperationException("No MCP access is expected."));
    }

    public FakeTime Time { get; } = new();

    public WaggleWorkerOptions Options { get; }

    public WorkerState State { get; } = new("a1", 1);

    public LeaseTable Leases { get; } = new();

    public RequestTable Requests { get; }

    public LeaseReporter Reporter { get; }

    public ReportFlusher Flusher { get; }

    public TaskRunner Runner { get; }

    public Func<TaskWork, CancellationToken, ValueTask<RawJson>> Handler { get; set; } = (_, _) => new(RawJson.Parse("42"));

    public Func<TaskWork, RawJson, Task<ResultRef>> Upload { get; set; } = (_, _) => throw new InvalidOperationException("No upload is expected.");

    public Func<TaskWork, Task<TaskInput>> Read { get; set; } = _ => throw new InvalidOperationException("No input is expected.");

    public int MaxMessageBytes { get; set; } = 1024 * 1024;

    /// <summary>The hooks of the program, in order.</summary>
    public ConcurrentQueue<string> Calls { get; } = new();

    public ConcurrentQueue<WaggleException> Failures { get; } = new();

    public TaskWork Accept(string task = "t1", long token = 1)
    {
        var work = new TaskWork(Runner, Answers.Assign(task, token: token), Time.GetTimestamp());
        Assert.True(Leases.TryAdd(work));
        return work;
    }

    /// <summary>The requests that were queued since the last call.</summary>
    public List<Request> Sent()
    {
        var sent = new List<Request>();
        while (Requests.Queue.TryRead(out var request)) sent.Add(request);
        return sent;
    }

    public List<ClientMessage> SentMessages() => [.. Sent().Select(r => r.Message)];
}
