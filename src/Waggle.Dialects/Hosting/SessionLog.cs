using Microsoft.Extensions.Logging;

namespace Waggle.Dialects.Hosting;

internal static partial class SessionLog
{
    [LoggerMessage(1, LogLevel.Debug, "Session {Session} of {Client} (agent {Agent}) from {Address}.")]
    public static partial void Greeted(ILogger logger, string session, string? client, string? agent, string address);

    [LoggerMessage(2, LogLevel.Error, "Session {Session}: {What} failed ({Id}).")]
    public static partial void Failed(ILogger logger, string session, string what, string id, Exception e);

    [LoggerMessage(3, LogLevel.Error, "Session {Session}: the store could not answer a {Intent}.")]
    public static partial void StoreFailed(ILogger logger, string session, string intent, Exception e);

    [LoggerMessage(4, LogLevel.Error, "Session {Session} is closed: a message for it could not be encoded.")]
    public static partial void NotEncoded(ILogger logger, string session, Exception e);
}
