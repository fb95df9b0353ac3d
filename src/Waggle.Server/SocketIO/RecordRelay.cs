using System.Buffers;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using Waggle.Core.Access;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;
using Waggle.SocketIO;

namespace Waggle.Server.SocketIO;

/// <summary>
/// Carries sealed batches to the rooms of Socket.IO, on a loop of its own. Who hears everything is in a category's room and shares one body; who is limited, or
/// has a filter, is asked about record by record.
/// </summary>
internal sealed partial class RecordRelay : IAsyncDisposable
{
    // As the delivery loop's: behind by this, the owner slows down rather than memory growing.
    private const int Capacity = 4096;

    private readonly Channel<SealedBatch> _batches =
        Channel.CreateBounded<SealedBatch>(new BoundedChannelOptions(Capacity) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly ILogger _log;
    private readonly Task _loop;
    private volatile SocketNamespace? _to;

    public RecordRelay(ILogger log)
    {
        _log = log;
        _loop = Task.Run(RunAsync);
    }

    /// <param name="forAll">For those who hear everything of it.</param>
    public static string RoomOf(string category, bool forAll) => forAll ? $"all:{category}" : $"some:{category}";

    public void Attach(SocketNamespace to) => _to = to;

    public ValueTask PublishAsync(SealedBatch batch)
    {
        if (_to is not { SocketsCount: > 0 } || _batches.Writer.TryWrite(batch)) return ValueTask.CompletedTask;
        return WriteAsync(batch);
    }

    public async ValueTask DisposeAsync()
    {
        _batches.Writer.TryComplete();
        await _loop;
    }

    private async ValueTask WriteAsync(SealedBatch batch)
    {
        try
        {
            await _batches.Writer.WriteAsync(batch);
        }
        catch (ChannelClosedException)
        {
            // The hub is over; nobody is there to be told.
        }
    }

    private async Task RunAsync()
    {
        await foreach (var batch in _batches.Reader.ReadAllAsync())
        {
            foreach (var record in batch.Records)
            {
                try
                {
                    if (_to is { } to && Categories.Of(record) is { } category) Relay(to, record, category);
                }
                catch (Exception e)
                {
                    LogFailed(_log, record.Kind, record.Topic, e);
                }
            }
        }
    }

    private static void Relay(SocketNamespace to, Record record, string category)
    {
        var (name, body) = (Categories.EventOf(record), Say(record));
        to.To(RoomOf(category, forAll: true)).Emit(name, body);
        foreach (var socket in to.To(RoomOf(category, forAll: false)).FetchSockets())
        {
            if (HubSocketIO.PrincipalOf(socket)?.Hears(record) == true && CategorySubscription.FilterOf(socket, category)?.Takes(record) != false) socket.Emit(name, body);
        }
    }

    private static RawJson Say(Record record)
    {
        var output = new ArrayBufferWriter<byte>(record.Data.Length + 256);
        var writer = JsonWriters.Rent(output);
        writer.WriteStartObject();
        writer.WriteString("id"u8, Categories.IdOf(record));
        writer.WriteString("event"u8, Categories.EventOf(record));
        writer.WritePropertyName("data"u8);
        writer.WriteRawValue(record.Data.Span, skipInputValidation: true);
        writer.WriteString("timestamp"u8, record.At.UtcDateTime);
        writer.WriteString("topic"u8, record.Topic);
        writer.WriteString("position"u8, record.Position.ToString());
        writer.WriteEndObject();
        JsonWriters.Return(writer);
        return RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }

    [LoggerMessage(40, LogLevel.Error, "Could not relay a record ({Kind} on {Topic}) to Socket.IO; delivery continues with the next one.")]
    private static partial void LogFailed(ILogger log, string kind, string topic, Exception e);
}
