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

/// <summary>A result that a server must report.</summary>
/// <param name="Code">The code of a close, or the code to close with.</param>
public sealed record FramingResult(ToldKind Kind, byte[] Payload, int Code = 0);

/// <summary>
/// The bytes that a client sends, and the results of a strict server. The numbers are those of the Autobahn test suite, whose cases are rewritten here.
/// </summary>
/// <param name="KnownAfter">The number of bytes that determines the last result; fewer bytes do not.</param>
public sealed record FramingCase(string Number, byte[] Bytes, IReadOnlyList<FramingResult> Told, int? KnownAfter = null)
{
    public int Category => int.Parse(Number.Split('.')[0]);

    public override string ToString() => Number;
}
