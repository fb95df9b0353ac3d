using System.Net.WebSockets;
using Waggle.Client;
using Waggle.Protocol;

namespace Waggle.Shared;

/// <summary>Formats an error of the hub or of the connection, with advice, in one line.</summary>
internal static class Failures
{
    public static string Unreachable(Uri url, Exception? trouble) =>
        $"no hub answers at {Authority(url)} ({Cause(trouble)}). Start one with 'waggle serve', or name another with --url or WAGGLE_URL.";

    /// <param name="listAdvice">The command that lists the existing ids, for a command with an id.</param>
    public static string Text(WaggleException e, Uri url, string? listAdvice = null) => e.Code switch
    {
        ClientErrorCodes.Unreachable => Unreachable(url, e),
        ClientErrorCodes.ConnectionLost => $"{MessageOf(e)} Check the hub's state before you repeat the command.",
        ErrorCodes.NotFound when listAdvice is not null => $"{MessageOf(e)} {listAdvice} ({e.Code})",
        _ => $"{MessageOf(e)} ({e.Code})",
    };

    /// <summary>Returns the message without the code that the exception puts before it.</summary>
    public static string MessageOf(WaggleException e) =>
        e.Message.StartsWith(e.Code + ": ", StringComparison.Ordinal) ? e.Message[(e.Code.Length + 2)..] : e.Message;

    private static string Cause(Exception? trouble)
    {
        var text = trouble switch
        {
            null => "no answer",
            WaggleException e => MessageOf(e),
            _ => trouble.Message,
        };
        if (trouble?.InnerException is WebSocketException { WebSocketErrorCode: WebSocketError.NotAWebSocket }) text = "something else listens there";
        return text.TrimEnd('.');
    }

    public static string Authority(Uri url) => url.AbsolutePath is "/" ? url.GetLeftPart(UriPartial.Authority) : url.ToString();
}
