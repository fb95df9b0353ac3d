using System.Text.Json;
using Waggle.Protocol.Json;
using Waggle.SocketIO.Packets;

namespace Waggle.SocketIO;

/// <summary>
/// The arguments of an event or an acknowledgement, as the received UTF-8. Only the arguments that are read are parsed. Immutable and thread-safe.
/// </summary>
public sealed class EventArguments
{
    private readonly ReadOnlyMemory<byte> _array;
    private readonly int _skip;
    private readonly JsonSerializerOptions _options;
    private int _count = -1;

    // The depth that PacketReader permits.
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <param name="array">A valid JSON array.</param>
    /// <param name="skip">The number of elements before the first argument: 1 for the name of an event.</param>
    internal EventArguments(ReadOnlyMemory<byte> array, int skip, IReadOnlyList<ReadOnlyMemory<byte>> attachments, JsonSerializerOptions options)
    {
        _array = array;
        _skip = skip;
        _options = options;
        Attachments = attachments;
    }

    /// <summary>Gets the number of arguments.</summary>
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

    /// <summary>Gets the binary parts. The placeholder <c>{"_placeholder":true,"num":i}</c> in the JSON stands for the one with index i.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Attachments { get; }

    /// <summary>Gets the arguments as they were received, separated by commas and without brackets.</summary>
    internal ReadOnlySpan<byte> Inner
    {
        get
        {
            var reader = At(0, out var there);
            return there && reader.TokenType != JsonTokenType.EndArray ? _array.Span[(int)reader.TokenStartIndex.._array.Span.LastIndexOf((byte)']')] : default;
        }
    }

    /// <summary>Returns an argument. An argument that does not exist is JavaScript's <c>undefined</c>, and the result is the default of the type.</summary>
    /// <param name="index">The index of the argument, from 0.</param>
    /// <exception cref="JsonException">The argument cannot be read as <typeparamref name="T"/>.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public T? Get<T>(int index)
    {
        if (typeof(T) == typeof(RawJson)) return (T)(object)Raw(index);
        var reader = At(index, out var there);
        return there && reader.TokenType != JsonTokenType.EndArray ? BinaryJson.Read<T>(ref reader, Attachments, _options) : default;
    }

    /// <summary>Returns the JSON of an argument; the JSON <c>null</c> if the argument does not exist.</summary>
    /// <param name="index">The index of the argument, from 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The index is negative.</exception>
    public RawJson Raw(int index)
    {
        var reader = At(index, out var there);
        if (!there || reader.TokenType == JsonTokenType.EndArray) return default;
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return RawJson.FromTrusted(_array.Span[start..(int)reader.BytesConsumed].ToArray());
    }

    /// <summary>Returns all arguments as a JSON array.</summary>
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
