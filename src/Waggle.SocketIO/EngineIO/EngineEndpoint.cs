using System.Buffers;
using Microsoft.AspNetCore.Http;
using Waggle.Transport.AspNetCore;

namespace Waggle.SocketIO.EngineIO;

/// <summary>Dispatches the requests to the endpoint and rejects invalid ones. Statuses and codes are those of the Node server.</summary>
internal sealed class EngineEndpoint(EngineServer server)
{
    private const string Polling = "polling";
    private const string WebSocket = "websocket";
    private const string Stream = "stream";

    private SocketIOOptions Options => server.Options;

    public Task HandleAsync(HttpContext context)
    {
        var query = EngineQuery.Of(context.Request);
        if (!IsAllowed(query.Transport)) return RefuseAsync(context, EngineError.UnknownTransport);
        if (HasBadOrigin(context.Request)) return RefuseAsync(context, EngineError.BadRequest);
        var isSocket = query.Transport is WebSocket;
        return query.Sid.IsEmpty ? BeginAsync(context, isSocket, query.Version is "4") : GoOnAsync(context, isSocket, server.Find(query.Sid));
    }

    private bool IsAllowed(ReadOnlySpan<char> transport) =>
        (transport is Polling && Options.Transports.HasFlag(SocketIOTransports.Polling))
            || (transport is WebSocket && Options.Transports.HasFlag(SocketIOTransports.WebSocket));

    // Whether the origin has characters that no header may contain, so that no response header can repeat it.
    private static bool HasBadOrigin(HttpRequest request) => request.Headers.Origin.ToString().AsSpan().IndexOfAnyExceptInRange(' ', '\u00ff') >= 0;

    private async Task BeginAsync(HttpContext context, bool wantsSocket, bool isKnownVersion)
    {
        var isSocket = WebSocketAccept.IsAsked(context);
        if (!isSocket && !HttpMethods.IsGet(context.Request.Method)) await RefuseAsync(context, EngineError.BadMethod);
        else if (isSocket != wantsSocket) await RefuseAsync(context, EngineError.BadRequest);
        else if (Options.AllowRequest is { } ask && await ask(context) is { } why) await RefuseAsync(context, EngineError.Forbidden with { Message = why });
        else if (!isKnownVersion) await RefuseAsync(context, EngineError.UnsupportedVersion);
        else if (server.Begin(new ClientRequest(context)) is not { } session) await RefuseAsync(context, EngineError.Stopping);
        else
        {
            if (Options.Cookie is { } cookie) context.Response.Cookies.Append(cookie.Name ?? "io", session.Id, CookieOf(cookie, context));
            if (isSocket) await RunAsync(context, session, isUpgrade: false);
            else
            {
                session.Transport.BeginPolling();
                PollingAnswer.Write(context, server.Open(session, isUpgradable: true), Options.HttpCompression);
            }
        }
    }

    private Task GoOnAsync(HttpContext context, bool wantsSocket, EngineSession? session)
    {
        // A session belongs to the user that opened it. For another user its id is unknown.
        if (session is null || session.Request.Owner != ClientRequest.OwnerOf(context)) return RefuseAsync(context, EngineError.UnknownSession);
        if (wantsSocket) return WebSocketAccept.IsAsked(context) ? RunAsync(context, session, isUpgrade: true) : RefuseAsync(context, EngineError.BadRequest);
        if (HttpMethods.IsGet(context.Request.Method)) return PollAsync(context, session);
        return HttpMethods.IsPost(context.Request.Method) ? PostAsync(context, session) : RefuseAsync(context, EngineError.BadRequest);
    }

    private static async Task RunAsync(HttpContext context, EngineSession session, bool isUpgrade)
    {
        try
        {
            await using var wire = await WebSocketAccept.OpenDirectAsync(context, session.Server.Options.PerMessageDeflate);
            if (isUpgrade) await TransportUpgrade.RunAsync(session, wire, Stream);
            else await WebSocketTransport.RunAsync(session, wire, Stream);
        }
        finally
        {
            if (!isUpgrade) session.Close(DisconnectReasons.TransportError);
        }
    }

    private async Task PollAsync(HttpContext context, EngineSession session)
    {
        if (await PollingRequests.PollAsync(session, context.RequestAborted) is { } payload) PollingAnswer.Write(context, payload, Options.HttpCompression);
        else await RefuseAsync(context, server.Find(session.Id) is null ? EngineError.UnknownSession : EngineError.BadRequest);
    }

    private async Task PostAsync(HttpContext context, EngineSession session)
    {
        if (!PollingRequests.TryBeginPost(session))
        {
            await RefuseAsync(context, session.IsClosed ? EngineError.UnknownSession : EngineError.BadRequest);
            return;
        }

        // Only version 3 of the protocol has binary bodies.
        if (context.Request.ContentType?.StartsWith("application/octet-stream", StringComparison.OrdinalIgnoreCase) == true)
        {
            session.Close(DisconnectReasons.TransportError);
            await RefuseAsync(context, EngineError.BadRequest);
            return;
        }

        using var body = new PollingBody(Options.MaxHttpBufferSize);
        try
        {
            if (!await body.ReadAsync(context))
            {
                context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
                session.Close(DisconnectReasons.TransportError);
                return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or BadHttpRequestException)
        {
            session.Close(DisconnectReasons.TransportError);
            return;
        }

        if (!await PollingRequests.PostAsync(session, body.Bytes))
        {
            await RefuseAsync(context, EngineError.BadRequest);
            return;
        }

        // Not text/plain, because some browsers would offer it as a download.
        context.Response.ContentType = "text/html";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.ContentLength = 2;
        context.Response.BodyWriter.Write("ok"u8);
    }

    private static CookieOptions CookieOf(CookieBuilder cookie, HttpContext context)
    {
        var options = cookie.Build(context);
        options.Path ??= "/";
        return options;
    }

    private static async Task RefuseAsync(HttpContext context, EngineError error)
    {
        context.Response.StatusCode = error.Status;
        await context.Response.WriteAsJsonAsync(new Refusal(error.Code, error.Message), RefusalJson.Default.Refusal, cancellationToken: context.RequestAborted);
    }
}
