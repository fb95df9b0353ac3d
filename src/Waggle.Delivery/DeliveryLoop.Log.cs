using Microsoft.Extensions.Logging;
using Waggle.Protocol;

namespace Waggle.Delivery;

public sealed partial class DeliveryLoop
{
    [LoggerMessage(1, LogLevel.Critical, "The delivery loop ended with an error. Its connections are closed.")]
    private static partial void LogDied(ILogger logger, Exception e);

    [LoggerMessage(2, LogLevel.Error, "Could not encode the record {Kind} on {Topic} at {Position}. The connections of its subscribers are closed.")]
    private static partial void LogNotEncoded(ILogger logger, string kind, string topic, Position position, Exception e);
}
