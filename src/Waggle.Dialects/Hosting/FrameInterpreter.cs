using Waggle.Core;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Transport.WebSockets;

namespace Waggle.Dialects.Hosting;

/// <summary>Passes a message of the wire to the dialect.</summary>
internal static class FrameInterpreter
{
    private static readonly string TooBig = $"A message has at most {Limits.MaxMessageBytes} bytes.";

    public static void Read(Dialect dialect, in WireMessage message, Principal by, List<Intent> intents)
    {
        switch (message.Kind)
        {
            case WireMessageKind.Binary when dialect.IsBinary:
                dialect.Read(message.Payload.Span, by, intents);
                break;
            case WireMessageKind.Text when dialect.IsBinary:
                dialect.Refuse(ErrorCodes.MalformedMessage, "Messages are binary frames with MessagePack; this one was text.", intents);
                break;
            case WireMessageKind.Text:
                dialect.Read(ForeignJson.Mend(message.Payload.Span), by, intents);
                break;
            case WireMessageKind.Binary:
                dialect.Refuse(ErrorCodes.MalformedMessage, "Messages are text frames with JSON; this one was binary.", intents);
                break;
            case WireMessageKind.TooBig:
                dialect.Refuse(ErrorCodes.TooLarge, TooBig, intents);
                intents.Add(new CloseIntent(CloseCodes.MessageTooBig, TooBig));
                break;
        }
    }
}
