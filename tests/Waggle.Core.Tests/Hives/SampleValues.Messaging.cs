using Waggle.Core.Kernel;
using Waggle.Core.Messaging;
using Waggle.Protocol.Json;

namespace Waggle.Core.Tests.Hives;

internal static partial class SampleValues
{
    public static MessageEntity AgentMessage => new()
    {
        Id = "am1-9",
        Seq = 9,
        Agent = "a1",
        Swarm = "default",
        FromAgent = "a2",
        FromUser = "ann",
        Content = RawJson.Parse("""{"look":"here"}"""),
        Bytes = 15,
        SentAt = At,
        ExpiresAt = At,
        ClosedAt = At,
    };

    private static IEnumerable<RecordData> OfMessaging =>
    [
        new MessageSent { Message = "am1-9", Agent = "a1", Swarm = "default", FromAgent = "a2", FromUser = "ann", Bytes = 15, ExpiresAt = At },
        new MessageAcknowledged { Message = "am1-9", Agent = "a1", Swarm = "default", FromAgent = "a2", FromUser = "ann", WaitedMs = 250, Failed = "It broke." },
        new MessageExpired { Message = "am1-9", Agent = "a1", Swarm = "default", FromAgent = "a2", FromUser = "ann", Reason = "expired" },
    ];
}
