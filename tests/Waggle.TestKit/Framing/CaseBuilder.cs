using System.Text;

namespace Waggle.TestKit.Framing;

/// <summary>Builds a case: the bytes to send, and the expected results.</summary>
internal sealed class CaseBuilder(string number)
{
    private readonly MemoryStream _bytes = new();
    private readonly List<FramingResult> _told = [];
    private int? _knownAfter;

    public static implicit operator FramingCase(CaseBuilder builder) => new(builder.Number, builder._bytes.ToArray(), builder._told, builder._knownAfter);

    private string Number => number;

    public CaseBuilder Frame(int opcode, byte[] payload, bool final = true, int reserved = 0) => Raw(ClientFrame.Of(opcode, payload, final, reserved));

    public CaseBuilder Frame(int opcode, string payload = "", bool final = true, int reserved = 0) => Frame(opcode, Encoding.UTF8.GetBytes(payload), final, reserved);

    public CaseBuilder Raw(byte[] bytes)
    {
        _bytes.Write(bytes);
        return this;
    }

    /// <summary>Marks the place after which the last result is determined, before the bytes that follow.</summary>
    public CaseBuilder KnownHere()
    {
        _knownAfter = (int)_bytes.Length;
        return this;
    }

    public CaseBuilder Tells(ToldKind kind, string payload = "") => Tells(kind, Encoding.UTF8.GetBytes(payload));

    public CaseBuilder Tells(ToldKind kind, byte[] payload, int code = 0)
    {
        _told.Add(new FramingResult(kind, payload, code));
        return this;
    }

    public CaseBuilder TellsClose(int code) => Tells(ToldKind.Close, [], code);

    public CaseBuilder Fails(int code = 1002) => Tells(ToldKind.Violation, [], code);
}
