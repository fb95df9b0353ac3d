using System.Text;
using Waggle.Protocol;
using Waggle.Protocol.Records;
using Waggle.Protocol.Topics;
using Waggle.TestKit;

namespace Waggle.Delivery.Tests.Support;

/// <summary>A delivery loop with a log and clients.</summary>
internal sealed class Rig : IAsyncDisposable
{
    private readonly List<Record> _log = [];
    private readonly List<Client> _clients = [];
    private readonly Connection _nobody = new("nobody", new MemoryWire(), new PlainRenderer(), new OutboxLimits(), new FakeTime());

    public Rig(DeliveryMetrics? metrics = null) => Loop = new DeliveryLoop(Time, metrics: metrics);

    public FakeTime Time { get; } = new();

    public DeliveryLoop Loop { get; }

    public long Epoch { get; init; } = 1;

    /// <summary>The last durable offset.</summary>
    public long Head { get; private set; }

    /// <summary>The offset of the log when the hub started.</summary>
    public long Before { get; private set; }

    /// <summary>The maximum number of records of one read of the log.</summary>
    public int Piece { get; init; } = 500;

    public int Reads { get; private set; }

    /// <summary>A rig whose hub has just started over a log of so many records.</summary>
    public static async Task<Rig> StartAsync(int before = 0, long epoch = 1, int piece = 500, DeliveryMetrics? metrics = null)
    {
        var rig = new Rig(metrics) { Epoch = epoch, Piece = piece };
        for (var i = 0; i < before; i++) rig.Append("old", "x");
        rig.Before = rig.Head;
        await rig.Loop.PublishAsync(new SealedBatch(rig.HeadPosition, []));
        return rig;
    }

    public Position HeadPosition => new(Epoch, Head);

    public Client Connect(OutboxLimits? limits = null, PlainRenderer? renderer = null, bool batch = false, string id = "c")
    {
        var client = new Client(this, limits ?? new OutboxLimits(), renderer ?? new PlainRenderer(), batch, id);
        lock (_clients) _clients.Add(client);
        return client;
    }

    /// <summary>Into the log, and no further yet.</summary>
    public Record Append(string topic, string data)
    {
        lock (_log)
        {
            var record = new Record(new(Epoch, ++Head), topic, "k", RecordClass.Durable, default, null, Encoding.UTF8.GetBytes(data));
            _log.Add(record);
            return record;
        }
    }

    public Record Passing(RecordClass @class, string topic, string data, string kind = "k") =>
        new(HeadPosition, topic, kind, @class, default, null, Encoding.UTF8.GetBytes(data));

    public ValueTask PublishAsync(params IReadOnlyList<Record> records) => Loop.PublishAsync(new SealedBatch(HeadPosition, records));

    public async Task DurableAsync(string topic, string data = "x") => await PublishAsync(Append(topic, data));

    public async Task StreamAsync(string topic, string data = "x") => await PublishAsync(Passing(RecordClass.Stream, topic, data));

    public async Task LatestAsync(string topic, string data) => await PublishAsync(Passing(RecordClass.Latest, topic, data));

    public Task<HistoryPiece> ReadAsync(Position after, CancellationToken cancel)
    {
        lock (_log)
        {
            Reads++;
            if (after.Epoch != Epoch || after.Offset > Head) return Task.FromResult(new HistoryPiece(false, [], after.Offset));
            var records = _log.Where(r => r.Position.Offset > after.Offset).Take(Piece).ToArray();
            return Task.FromResult(new HistoryPiece(true, records, records.Length > 0 ? records[^1].Position.Offset : after.Offset));
        }
    }

    /// <summary>Waits until the loop has processed and written everything that was queued before, by two requests that pass the same queue.</summary>
    public async Task IdleAsync()
    {
        for (var i = 0; i < 2; i++)
        {
            var done = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
            await Loop.UnsubscribeAsync(_nobody, "none", done.SetResult);
            await Eventually.Get(done.Task);
        }

        // A reply is written by another thread, which may have the right to write still.
        Client[] clients;
        lock (_clients) clients = [.. _clients];
        await Eventually.Async(() => !clients.Any(c => c.Connection.IsWriting), "what was to be written to be so");
    }

    /// <summary>Time passes, and the loop has seen it.</summary>
    public async Task PassAsync(int milliseconds)
    {
        Time.Advance(TimeSpan.FromMilliseconds(milliseconds));
        await IdleAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
        {
            client.Wire.Unblock();
            await client.Connection.DisposeAsync();
        }

        await Loop.DisposeAsync();
    }
}

internal sealed class Client
{
    private readonly Rig _rig;
    private int _subscriptions;

    public Client(Rig rig, OutboxLimits limits, PlainRenderer renderer, bool batch, string id)
    {
        _rig = rig;
        Connection = new Connection(id, Wire, renderer, limits, rig.Time, rig.Loop.Metrics) { Batch = batch, Farewell = new Goodbye() };
        Connection.Start();
    }

    public MemoryWire Wire { get; } = new();

    public Connection Connection { get; }

    /// <summary>Subscribes; the reply arrives as a frame <c>S ID</c> before what is live.</summary>
    public async Task<SubscribeResult> SubscribeAsync(string[] topics, Position? since = null, ReadHistory? history = null, string? id = null, Func<SubscriptionSpec, SubscriptionSpec>? with = null)
    {
        var result = default(SubscribeResult);
        var interest = new SubscriptionSpec(topics.Select(t => TopicPattern.TryParse(t, out var p) ? p : throw new ArgumentException(t)).ToArray());
        interest = with?.Invoke(interest) ?? interest;
        id ??= $"s{++_subscriptions}";
        await Eventually.Get(SubscribeAsync(), "the subscription");
        return result!;

        async Task<bool> SubscribeAsync()
        {
            await _rig.Loop.SubscribeAsync(Connection, id, interest, since, history ?? _rig.ReadAsync, r => Reply(result = r), CancellationToken.None);
            return true;
        }
    }

    public Task<SubscribeResult> SubscribeAsync(string topic, Position? since = null, ReadHistory? history = null, Func<SubscriptionSpec, SubscriptionSpec>? with = null) =>
        SubscribeAsync([topic], since, history, with: with);

    private static TextMessage Reply(SubscribeResult result) => new($"S {result.Subscription}");
}
