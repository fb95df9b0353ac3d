using Microsoft.Extensions.Logging;
using Waggle.Protocol;

namespace Waggle.Delivery;

public sealed partial class DeliveryLoop
{
    [LoggerMessage(1, LogLevel.Critical, "The delivery loop ended with an error; its connections are closed.")]
    private static partial void LogDied(ILogger logger, Exception e);

    [LoggerMessage(2, LogLevel.Error, "A record ({Kind} on {Topic} at {Position}) could not be encoded; its subscribers' connections are closed.")]
    private static partial void LogNotEncoded(ILogger logger, string kind, string topic, Position position, Exception e);
}
