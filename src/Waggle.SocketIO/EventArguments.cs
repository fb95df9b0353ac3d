using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>What came with an event or an acknowledgement, as the UTF-8 that it came in: only what is asked for is parsed. Immutable.</summary>
public sealed class EventArguments
{
    private readonly ReadOnlyMemory<byte> _array;
    private readonly int _skip;
    private readonly JsonSerializerOptions _options;
    private int _count = -1;

    // What the reader let through may be this deep.
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <param name="array">A valid JSON array.</param>
    /// <param name="skip">How many of its first elements are no arguments: the event's name.</param>
    internal EventArguments(ReadOnlyMemory<byte> array, int skip, IReadOnlyList<ReadOnlyMemory<byte>> attachments, JsonSerializerOptions options)
    {
        _array = array;
        _skip = skip;
        _options = options;
        Attachments = attachments;
    }

    /// <summary>How many there are.</summary>
    public int Count
    {
        get
        {
            if (_count >= 0) return _count;
            var reader = At(0, out var there);
            var count = 0;
            for (; there && reader.TokenType != JsonTokenType.EndArray; there = reader.Read())
            {
                reader.Skip();
                count++;
            }

            return _count = count;
        }
    }

    /// <summary>The binary parts, in the order of their placeholders <c>{"_placeholder":true,"num":i}</c> in the JSON.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>The arguments as they came, with commas between them and no brackets around.</summary>
    internal ReadOnlySpan<byte> Inner
    {
        get
        {
            var reader = At(0, out var there);
            return there && reader.TokenType != JsonTokenType.EndArray ? _array.Span[(int)reader.TokenStartIndex.._array.Span.LastIndexOf((byte)']')] : default;
        }
    }

    /// <summary>One argument. One that is not there is JavaScript's <c>undefined</c>: the default of the type.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public T? Get<T>(int index)
    {
        if (typeof(T) == typeof(RawJson)) return (T)(object)Raw(index);
        var reader = At(index, out var there);
        return there && reader.TokenType != JsonTokenType.EndArray ? BinaryJson.Read<T>(ref reader, Attachments, _options) : default;
    }

    /// <summary>One argument as its JSON. One that is not there is <c>null</c>.</summary>
    public RawJson Raw(int index)
    {
        var reader = At(index, out var there);
        if (!there || reader.TokenType == JsonTokenType.EndArray) return default;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return RawJson.FromTrusted(_array.Span[start..(int)reader.BytesConsumed].ToArray());
    }

    /// <summary>All of them, as a JSON array.</summary>
    public override string ToString() => $"[{System.Text.Encoding.UTF8.GetString(Inner)}]";

    private Utf8JsonReader At(int index, out bool there)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        var reader = new Utf8JsonReader(_array.Span, Deep);
        there = reader.Read() && reader.Read();
        for (var skip = _skip + index; skip > 0 && there && reader.TokenType != JsonTokenType.EndArray; skip--)
        {
            reader.Skip();
            there = reader.Read();
        }

        return reader;
    }
}
