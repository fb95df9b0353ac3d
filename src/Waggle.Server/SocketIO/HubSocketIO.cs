using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Dialects.Hosting;
using Waggle.Protocol;
using Waggle.Protocol.Json;
using Waggle.Server.AccessControl;
using Waggle.Server.Hosting;
using Waggle.SocketIO;

namespace Waggle.Server.SocketIO;

/// <summary>Socket.IO at <c>/socket.io/</c>: whoever subscribes to a category hears the hive's records of it.</summary>
internal static class HubSocketIO
{
    public const string Path = "/socket.io";

    // A browser's client sends its token with the connect packet, after admission.
    public static readonly AdmissionRule Rule = new() { TokenInQuery = true, HelloBringsToken = true, AnswersPreflights = true };

    private const string PrincipalKey = "principal";
    private const string CredentialKey = "credential";
    private const string WatchKey = "watch";

    public static void AddHubSocketIO(this IServiceCollection services, WaggleServerOptions options)
    {
        services.TryAddSingleton(options.Time);

        // Without the application's lifetime: the hub drains its clients, as all others are.
        services.TryAddSingleton(s => new SocketIOServer(s.GetRequiredService<IOptions<SocketIOOptions>>(), s.GetRequiredService<ILogger<SocketIOServer>>(), options.Time));
        services.AddSocketIO(socketIO => Configure(socketIO, options));
    }

    public static void MapHubSocketIO(this IEndpointRouteBuilder app, HubService service)
    {
        var server = app.ServiceProvider.GetRequiredService<SocketIOServer>();
        app.MapSocketIO(Path).WithMetadata(Rule).AnswerPreflights(HttpMethods.Get, HttpMethods.Post);
        server.Main
            .Use(socket => AdmitAsync(service.Hub, socket))
            .OnConnection(socket => Welcome(service.Hub, socket))
            .On("subscribe", e => Subscribe(e, subscribes: true))
            .On("unsubscribe", e => Subscribe(e, subscribes: false))
            .On("ping", Pong)
            .On("pong", Pong);
        UnavailableCommands.Register(server.Main);
    }

    public static Principal? PrincipalOf(Socket socket) => socket.Data.TryGetValue(PrincipalKey, out var principal) ? principal as Principal : null;

    /// <summary>The result of admission for a client, for <see cref="AdmitAsync"/>.</summary>
    public static IReadOnlyDictionary<object, object?>? ItemsOf(Credential? credential) =>
        credential is null ? null : new Dictionary<object, object?> { [typeof(Credential)] = credential };

    private static void Configure(SocketIOOptions socketIO, WaggleServerOptions options)
    {
        socketIO.ConnectTimeout = options.HelloTimeout;
        socketIO.MaxQueuedPackets = options.Outbox.MaxKept;
        socketIO.MaxQueuedBytes = options.Outbox.MaxBytes;
        socketIO.AllowRequest = context =>
        {
            if (context.Features.Get<Credential>() is { } credential) context.Items[typeof(Credential)] = credential;
            return new((string?)null);
        };
    }

    private static async Task AdmitAsync(Hub hub, Socket socket)
    {
        var credential = socket.Handshake.Items.GetValueOrDefault(typeof(Credential)) as Credential
            ?? await hub.Sessions.Authenticator.AuthenticateAsync(TokenOf(socket.Handshake.Auth), socket.Handshake.Address, CancellationToken.None);
        if (credential.Principal is not { } principal) throw new SocketIOException(credential.Error!.Message, RawJson.Parse($"{{\"code\":\"{credential.Error.Code}\"}}"));
        socket.Data[PrincipalKey] = principal;
        socket.Data[CredentialKey] = credential;
    }

    private static void Welcome(Hub hub, Socket socket)
    {
        hub.Relay.Attach(socket.Namespace);
        var address = System.Net.IPAddress.TryParse(socket.Handshake.Address, out var parsed) ? parsed : null;
        if (hub.ConnectionLimiter.Take(address) is { } full)
        {
            socket.Emit("error", Error(full.Code, full.Message));
            socket.Disconnect(close: true);
            return;
        }

        var client = new SocketIOClient(socket, hub.Time.GetUtcNow());
        var watch = new ExpiryWatch(hub.Time, _ => { }, () => socket.Disconnect(close: true));
        socket.OnDisconnect(_ =>
        {
            hub.ConnectionLimiter.Leave(address);
            watch.Dispose();
            client.End();
        });
        watch.Set((Credential)socket.Data[CredentialKey]!);
        socket.Data[WatchKey] = watch;
        socket.Client.Session.Lapsed = () => watch.IsOver;
        _ = hub.Clients.RunAsync(client, client.Ended);
    }

    private static void Subscribe(SocketEvent told, bool subscribes)
    {
        var socket = told.Socket;
        if (socket.Data.TryGetValue(WatchKey, out var watch) && watch is ExpiryWatch { IsOver: true })
        {
            socket.Disconnect(close: true);
            return;
        }

        if (CategorySubscription.Read(told.Args.Raw(0), out var problem) is not { } asked)
        {
            Refuse(told, ErrorCodes.InvalidRequest, problem);
            return;
        }

        if (subscribes) asked.Apply(socket, PrincipalOf(socket)!);
        else asked.Undo(socket);
        told.Ack(Answer(subscribes ? "subscribed" : "unsubscribed", asked));
    }

    // A client measures the way to the hub and back with what it sent: its time, as it came.
    private static void Pong(SocketEvent told)
    {
        var sent = told.Args.Raw(0);
        if (told.WantsAck) told.Ack(sent);
        else told.Socket.Emit("pong", sent);
    }

    /// <summary>An error as the answer, or as an <c>error</c> event for a client that waits for none.</summary>
    internal static void Refuse(SocketEvent told, string code, string message)
    {
        if (told.WantsAck) told.Ack(Error(code, message));
        else told.Socket.Emit("error", Error(code, message));
    }

    private static string? TokenOf(RawJson auth) =>
        auth.ToElement() is var given && given.TryGetProperty("token", out var token) && token.ValueKind == JsonValueKind.String ? token.GetString() : null;

    private static RawJson Error(string code, string message) => Json(writer =>
    {
        writer.WriteString("error"u8, message);
        writer.WriteString("code"u8, code);
    });

    private static RawJson Answer(string name, CategorySubscription asked) => Json(writer =>
    {
        writer.WriteStartArray(name);
        foreach (var category in asked.Categories) writer.WriteStringValue(category);
        writer.WriteEndArray();
        if (asked.FiltersSaid is { } said) writer.WriteString("filters"u8, said);
    });

    private static RawJson Json(Action<Utf8JsonWriter> write)
    {
        var output = new System.Buffers.ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(output, JsonText.Checked))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return RawJson.FromTrusted(output.WrittenSpan.ToArray());
    }
}
