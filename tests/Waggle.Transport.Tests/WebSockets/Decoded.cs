using Waggle.TestKit.Framing;
using Waggle.Transport.WebSockets;

namespace Waggle.Transport.Tests.WebSockets;

/// <summary>The decoder's results for bytes that came in pieces.</summary>
/// <param name="Used">The number of bytes that the decoder had seen at its last result.</param>
internal sealed record Decoded(List<FramingResult> Told, int Used)
{
    /// <summary>Passes the bytes in pieces until the client closes, violates the protocol or has sent all.</summary>
    /// <param name="next">Returns the size of the next piece for the number of remaining bytes.</param>
    public static Decoded From(ReadOnlySpan<byte> bytes, Func<int, int> next, int maxMessageBytes = 4 * 1024 * 1024)
    {
        using var decoder = new MessageDecoder(maxMessageBytes);
        var told = new List<FramingResult>();
        for (var at = 0; at < bytes.Length;)
        {
            // A copy of its own, so that nothing behind it can be looked at.
            ReadOnlySpan<byte> piece = bytes.Slice(at, Math.Clamp(next(bytes.Length - at), 1, bytes.Length - at)).ToArray();
            at += piece.Length;
            while (true)
            {
                var message = decoder.Read(ref piece);
                if (message.Kind == WireMessageKind.None)
                {
                    Assert.True(piece.IsEmpty);
                    break;
                }

                told.Add(Of(message));
                if (told[^1].Kind is ToldKind.Close or ToldKind.Violation) return new(told, at - piece.Length);
            }
        }

        return new(told, bytes.Length);
    }

    public static void AssertSame(IReadOnlyList<FramingResult> expected, IReadOnlyList<FramingResult> told)
    {
        Assert.Equal(expected.Select(Short), told.Select(Short));
        foreach (var (one, other) in expected.Zip(told))
        {
            if (one.Kind is not (ToldKind.Close or ToldKind.Violation)) Assert.True(one.Payload.AsSpan().SequenceEqual(other.Payload));
        }
    }

    private static (ToldKind, int, int) Short(FramingResult told) =>
        told.Kind is ToldKind.Close or ToldKind.Violation ? (told.Kind, 0, told.Code) : (told.Kind, told.Payload.Length, 0);

    private static FramingResult Of(in WireMessage message) => new(Enum.Parse<ToldKind>(message.Kind.ToString()), message.Payload.ToArray(), message.Code);
}
