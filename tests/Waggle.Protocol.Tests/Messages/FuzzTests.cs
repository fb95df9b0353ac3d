using System.Text;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Messages;

public class FuzzTests
{
    [Fact]
    public void Damaged_frames_give_errors_or_messages_and_never_an_exception() => Gen.Fuzz(3000, gen =>
    {
        var frame = Damage(Frame(gen), gen);
        var read = Codec.ReadClient(frame);
        Assert.True(read.Count > 0 || Encoding.UTF8.GetString(frame).Replace(" ", "", StringComparison.Ordinal) == "[]", Encoding.UTF8.GetString(frame));
        foreach (var error in read.OfType<ProtocolError>())
        {
            Assert.DoesNotContain("Waggle.", error.Message, StringComparison.Ordinal);
            Assert.DoesNotContain("System.", error.Message, StringComparison.Ordinal);
            Assert.NotEmpty(error.Message);
            new UTF8Encoding(false, throwOnInvalidBytes: true).GetBytes(error.Message);
        }
    });

    [Fact]
    public void A_hub_that_sends_rubbish_does_not_break_its_client_either() => Gen.Fuzz(1000, gen =>
        Codec.ReadHub(Damage(Codec.Write(AnyMessage.Make(gen.Pick([.. AnyMessage.HubTypes]), gen)), gen)));

    [Fact]
    public void Every_truncation_of_a_message_is_malformed() => Gen.ForAll(20, gen =>
    {
        var whole = Codec.Write(AnyMessage.Make(gen.Pick([.. AnyMessage.ClientTypes]), gen));
        for (var length = 0; length < whole.Length; length++)
            Assert.Equal(ErrorCodes.MalformedMessage, Assert.IsType<ProtocolError>(Assert.Single(Codec.ReadClient(whole.AsSpan(0, length)))).Code);
    });

    private static byte[] Frame(Gen gen)
    {
        var messages = gen.List(1, 4, () => Codec.Write(AnyMessage.Make(gen.Pick([.. AnyMessage.ClientTypes]), gen)));
        return messages.Count == 1 ? messages[0] : Codec.Array(messages);
    }

    private static byte[] Damage(byte[] frame, Gen gen)
    {
        var bytes = frame.ToList();
        for (var times = gen.Int(1, 4); times > 0 && bytes.Count > 0; times--)
        {
            var at = gen.Int(0, bytes.Count - 1);
            switch (gen.Int(0, 5))
            {
                case 0: bytes.RemoveRange(at, bytes.Count - at); break;
                case 1: bytes[at] = (byte)gen.Int(0, 255); break;
                case 2: bytes.RemoveRange(at, Math.Min(gen.Int(1, 10), bytes.Count - at)); break;
                case 3: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(gen.Int(1, 20), bytes.Count - at))); break;
                case 4: bytes.InsertRange(at, Encoding.UTF8.GetBytes(gen.Pick("\\ud800", "\"", "{", "]", "1e999", "null", "\0", "é", "\\u0000", ",\"x\":1"))); break;
                default: bytes[at] ^= (byte)(1 << gen.Int(0, 7)); break;
            }
        }

        return [.. bytes];
    }
}
