namespace Waggle.TestKit.Framing;

public enum ToldKind
{
    Text,
    Binary,
    Ping,
    Pong,
    Close,
    Violation,
}

/// <summary>What a server has to understand.</summary>
/// <param name="Code">Of a close, or to close with.</param>
public sealed record FramingResult(ToldKind Kind, byte[] Payload, int Code = 0);

/// <summary>What a client sends, and what a strict server makes of it. The numbers are those of the Autobahn test suite, whose cases these are in our words.</summary>
/// <param name="KnownAfter">So many bytes are enough to tell the last of it; fewer are not.</param>
public sealed record FramingCase(string Number, byte[] Bytes, IReadOnlyList<FramingResult> Told, int? KnownAfter = null)
{
    public int Category => int.Parse(Number.Split('.')[0]);

    public override string ToString() => Number;
}
