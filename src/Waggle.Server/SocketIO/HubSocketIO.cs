using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Dialects;
using Waggle.Dialects.ClaudeZenFlow;
using Waggle.Dialects.Hosting;
using Waggle.Dialects.Http;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Hosting;
using Waggle.SocketIO;
using Waggle.Transport.WebSockets;
using Waggle.Transport.Wires;

namespace Waggle.Server.SocketIO;

/// <summary>Serves Socket.IO at <c>/socket.io/</c>. The main namespace is a dialect of the hub.</summary>
internal static class HubSocketIO
{
    public const string Path = "/socket.io";

    // A browser's client sends its token with the connect packet, after admission.
    public static readonly AdmissionRule Rule = new() { TokenInQuery = true, HelloBringsToken = true, AnswersPreflights = true };

    private const string CredentialKey = "credential";

    private static readonly byte[] Close = WriteClose();

    public static void AddHubSocketIO(this IServiceCollection services, WaggleServerOptions options)
    {
        services.TryAddSingleton(options.Time);

        // Without the application's lifetime, because the hub drains these clients like all others.
        services.TryAddSingleton(s => new SocketIOServer(
            s.GetRequiredService<IOptions<SocketIOOptions>>(), s.GetRequiredService<ILogger<SocketIOServer>>(), options.Time));
        services.AddSocketIO(socketIO => Configure(socketIO, options));
    }

    public static void MapHubSocketIO(
        this IEndpointRouteBuilder app, Func<SessionHost> sessions, Func<Clients> clients, Func<ConnectionLimiter> connections, Func<DialectHttp> http)
    {
        var server = app.ServiceProvider.GetRequiredService<SocketIOServer>();
        app.MapSocketIO(Path).WithMetadata(Rule).AnswerPreflights(HttpMethods.Get, HttpMethods.Post);
        server.Main
            .Use(socket => AdmitAsync(sessions().Authenticator, socket))
            .OnWire((socket, wire) => RunAsync(sessions(), clients(), connections(), socket, wire));
        foreach (var route in ClaudeZenFlowDialect.Entry.Routes) app.MapRoute(http, ClaudeZenFlowDialect.Entry, route);
    }

    // The clients send the dialect's HTTP requests to the port of their socket, and pages of other origins may do so.
    private static void MapRoute(this IEndpointRouteBuilder app, Func<DialectHttp> http, DialectEntry entry, DialectRoute route)
    {
        app.MapMethods(route.Pattern, [route.Method], context => http().RunAsync(context, entry, route))
            .WithMetadata(new AdmissionRule { AnswersPreflights = true, Refuse = RefuseAsync })
            .AnswerPreflights(route.Method);

        Task RefuseAsync(HttpContext context, Admitted refused) =>
            http().FailAsync(context, entry, refused.Status, new Error(refused.Code, refused.Message));
    }

    /// <summary>The result of admission for a client, for <see cref="AdmitAsync"/>.</summary>
    public static IReadOnlyDictionary<object, object?>? ItemsOf(Credential? credential) =>
        credential is null ? null : new Dictionary<object, object?> { [typeof(Credential)] = credential };

    private static void Configure(SocketIOOptions socketIO, WaggleServerOptions options)
    {
        socketIO.ConnectTimeout = options.HelloTimeout;
        socketIO.MaxQueuedPackets = options.Outbox.MaxKept;
        socketIO.MaxQueuedBytes = options.Outbox.MaxBytes;
        socketIO.PerMessageDeflate = options.Compression;
        socketIO.AllowRequest = context =>
        {
            if (context.Features.Get<Credential>() is { } credential) context.Items[typeof(Credential)] = credential;
            return new((string?)null);
        };
    }

    private static async Task AdmitAsync(IAuthenticator authenticator, Socket socket)
    {
        var credential = socket.Handshake.Items.GetValueOrDefault(typeof(Credential)) as Credential
            ?? await authenticator.AuthenticateAsync(TokenOf(socket.Handshake.Auth), socket.Handshake.Address, CancellationToken.None);
        if (credential.Principal is null) throw new SocketIOException(credential.Error!.Message, RawJson.Parse($"{{\"code\":\"{credential.Error.Code}\"}}"));
        socket.Data[CredentialKey] = credential;
    }

    // Runs one client from its connect to its end, as an ordinary session of a dialect. The transport of its packets makes no difference.
    private static async Task RunAsync(SessionHost sessions, Clients clients, ConnectionLimiter connections, Socket socket, Wire wire)
    {
        var address = System.Net.IPAddress.TryParse(socket.Handshake.Address, out var parsed) ? parsed : null;
        if (connections.Take(address) is { } full)
        {
            // The close of the wire ends the connection without a disconnect packet, after which clients of Socket.IO do not reconnect.
            socket.Emit("error", Error(full.Code, full.Message));
            if (socket.Connected) await wire.SendAsync(Close);
            return;
        }

        try
        {
            await using var session = new DialectSession(
                sessions, ClaudeZenFlowDialect.Entry.Create(), wire, (Credential)socket.Data[CredentialKey]!, ClaudeZenFlowDialect.Entry);
            await clients.RunAsync(new SocketIOClient(session, socket, sessions.Time.GetUtcNow()), session.RunAsync());
        }
        finally
        {
            connections.Leave(address);
        }
    }

    private static string? TokenOf(RawJson auth) =>
        auth.ToElement() is var given && given.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String ? token.GetString() : null;

    private static byte[] WriteClose()
    {
        var frame = new byte[FrameHeader.MaxWritten + FrameHeader.MaxControlPayload];
        return frame[..CloseFrame.Write(frame, CloseCodes.Normal, "")];
    }

    private static RawJson Error(string code, string message)
    {
        var output = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(output, JsonText.Checked))
        {
            writer.WriteStartObject();
            writer.WriteString("error"u8, message);
            writer.WriteString("code"u8, code);
            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }
}
