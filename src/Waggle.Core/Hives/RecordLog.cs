using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using Waggle.Core.Kernel;
using Waggle.Core.Ports;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Protocol.Records;

namespace Waggle.Core.Hives;

/// <summary>
/// The stored form of a batch: a JSON array of <c>{"o":offset,"t":topic,"k":kind,"s":swarm,"d":data}</c>. The hive writes the data of each record once;
/// subscribers receive a slice of the log's bytes.
/// </summary>
internal static class RecordLog
{
    /// <summary>Writes the durable records as a log body and returns all records as their readers see them.</summary>
    public static (ReadOnlyMemory<byte> Body, Record[] Records) Write(IReadOnlyList<Sealed> batch, long epoch, DateTimeOffset at)
    {
        var records = new Record[batch.Count];
        var durable = 0;
        for (var i = 0; i < records.Length; i++)
        {
            var (data, offset) = batch[i];
            if (data.Class == RecordClass.Durable) durable++;
            else records[i] = RecordOf(data, new Position(epoch, offset), at, TextOf(data));
        }

        return (durable == 0 ? default : WriteDurable(batch, durable, records, epoch, at), records);
    }

    private static ReadOnlyMemory<byte> WriteDurable(IReadOnlyList<Sealed> batch, int durable, Record[] records, long epoch, DateTimeOffset at)
    {
        var log = new ArrayBufferWriter<byte>(Math.Max(256, durable * 400));
        var slices = new (int Index, int Start, int Length)[durable];
        using var writer = new Utf8JsonWriter(log, JsonText.Trusted);
        writer.WriteStartArray();
        var next = 0;
        for (var i = 0; i < batch.Count; i++)
        {
            var (data, offset) = batch[i];
            if (data.Class != RecordClass.Durable) continue;
            writer.WriteStartObject();
            writer.WriteNumber("o"u8, offset);
            writer.WriteString("t"u8, data.Topic);
            writer.WriteString("k"u8, data.Kind);
            if (data.Swarm is not null) writer.WriteString("s"u8, data.Swarm);
            writer.WritePropertyName("d"u8);
            var from = (int)(writer.BytesCommitted + writer.BytesPending);
            WriteData(writer, data);
            slices[next++] = (i, from, (int)(writer.BytesCommitted + writer.BytesPending) - from);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        foreach (var (i, start, length) in slices)
            records[i] = RecordOf(batch[i].Data, new Position(epoch, batch[i].Offset), at, log.WrittenMemory.Slice(start, length));
        return log.WrittenMemory;
    }

    /// <summary>Returns the body of a row with some of its records replaced; the others stay byte for byte.</summary>
    /// <param name="replaced">The new data of each record; null for a record that stays.</param>
    public static ReadOnlyMemory<byte> Rewrite(IReadOnlyList<Record> records, RecordData?[] replaced)
    {
        var log = new ArrayBufferWriter<byte>(Math.Max(256, records.Sum(r => r.Data.Length + 100)));
        using var writer = new Utf8JsonWriter(log, JsonText.Trusted);
        writer.WriteStartArray();
        for (var i = 0; i < replaced.Length; i++)
        {
            var record = records[i];
            writer.WriteStartObject();
            writer.WriteNumber("o"u8, record.Position.Offset);
            writer.WriteString("t"u8, record.Topic);
            writer.WriteString("k"u8, record.Kind);
            if (record.Swarm is not null) writer.WriteString("s"u8, record.Swarm);
            writer.WritePropertyName("d"u8);
            if (replaced[i] is { } data) WriteData(writer, data);
            else writer.WriteRawValue(record.Data.Span, skipInputValidation: true);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.Flush();
        return log.WrittenMemory;
    }

    private static void WriteData(Utf8JsonWriter writer, RecordData data)
    {
        if (data.Text is { } text) writer.WriteRawValue(text.Span, skipInputValidation: true);
        else FeatureCatalog.Record(data.Kind).Write(writer, data);
    }

    private static ReadOnlyMemory<byte> TextOf(RecordData data)
    {
        if (data.Text is { } text) return text;
        var output = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(output, JsonText.Trusted)) WriteData(writer, data);
        return output.WrittenMemory;
    }

    private static Record RecordOf(RecordData data, Position position, DateTimeOffset at, ReadOnlyMemory<byte> text) =>
        new(position, data.Topic, data.Kind, data.Class, at, data.Swarm, text, data, data.Clears);

    /// <exception cref="StoreCorruptException">No version wrote such a row.</exception>
    public static IReadOnlyList<Record> Read(LogRow row, IReadOnlyList<EpochStart> epochs)
    {
        var records = new List<Record>();
        // Earlier versions stored unpaired surrogates unchanged.
        ReadOnlyMemory<byte> body = ForeignJson.IsClean(row.Body.Span) ? row.Body : ForeignJson.MendInPlace(row.Body.ToArray());
        var bytes = MemoryMarshal.TryGetArray(body, out var segment) ? segment : new ArraySegment<byte>(body.ToArray());
        var reader = new Utf8JsonReader(body.Span, new JsonReaderOptions { MaxDepth = StoredJson.Depth });
        try
        {
            // The hub sends records as they are stored, so a row must be valid UTF-8.
            if (!System.Text.Unicode.Utf8.IsValid(row.Body.Span)) throw new JsonException("It is not UTF-8.");
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) records.Add(ReadOne(ref reader, bytes, row.At, epochs));
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException)
        {
            throw new StoreCorruptException($"The log row with offsets {row.FirstOffset} to {row.LastOffset} cannot be read: {e.Message}", e);
        }

        return records;
    }

    private static Record ReadOne(ref Utf8JsonReader reader, ArraySegment<byte> bytes, DateTimeOffset at, IReadOnlyList<EpochStart> epochs)
    {
        long offset = 0;
        string topic = "", kind = "";
        string? swarm = null;
        ReadOnlyMemory<byte> data = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan is [var only] ? only : default;
            reader.Read();
            switch (name)
            {
                case (byte)'o': offset = reader.GetInt64(); break;
                case (byte)'t': topic = reader.GetString()!; break;
                case (byte)'k': kind = reader.GetString()!; break;
                case (byte)'s': swarm = reader.GetString(); break;
                case (byte)'d':
                    var start = (int)reader.TokenStartIndex;
                    reader.Skip();
                    data = bytes.AsMemory(start, (int)reader.BytesConsumed - start);
                    break;
                default: reader.Skip(); break;
            }
        }

        return new Record(new Position(EpochOf(offset, epochs), offset), topic, kind, RecordClass.Durable, at, swarm, data);
    }

    private static long EpochOf(long offset, IReadOnlyList<EpochStart> epochs)
    {
        for (var i = epochs.Count - 1; i >= 0; i--)
        {
            if (offset > epochs[i].After) return epochs[i].Epoch;
        }

        return 0;
    }
}
