using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Waggle.Core.Swarms;
using Waggle.Protocol;
using Waggle.Protocol.Model;
using Waggle.Server.AccessControl;
using Waggle.Server.Api;
using Waggle.Server.Hosting;

namespace Waggle.Server.SocketIO;

/// <summary>
/// <c>POST /api/swarms</c> as clients of the Socket.IO dashboards send it: bare objects, 200, errors as <c>{error, code}</c>. A topology or a number of
/// agents is refused: this hub arranges no agents and starts none, and an answer of success would say that it did.
/// </summary>
internal static class ForeignSwarms
{
    private static readonly Operation Create = new("createForeignSwarm", "Creates a swarm, for clients of the Socket.IO dashboards.");

    private static readonly string[] NoEngine = ["topology", "agents"];

    public static void MapForeignSwarms(this IEndpointRouteBuilder app, HubService service) =>
        app.MapPost("/api/swarms", context => ApiHandler.RunAsync(context, CreateAsync, Create))
            .WithMetadata(service, new AdmissionRule
            {
                AnswersPreflights = true,
                Refuse = (context, refused) =>
                FailAsync(context, refused.Status, refused.Code, refused.Message)
            })
            .AnswerPreflights(HttpMethods.Post);

    private static async Task CreateAsync(ApiCall call)
    {
        try
        {
            var swarm = await CreateAsync(call, NameOf(await call.ReadAsync(ForeignSwarmsJson.Default.DictionaryStringJsonElement)));
            await call.Http.Response.WriteAsJsonAsync(
                new ForeignSwarmView(swarm.Id, swarm.Name, "active", swarm.Agents, swarm.Tasks.Values.Sum(), swarm.CreatedAt),
                ForeignSwarmsJson.Default.ForeignSwarmView, cancellationToken: call.Gone);
        }
        catch (ApiFault fault)
        {
            await FailAsync(call.Http, ErrorStatus.Of(fault.Error.Code), fault.Error.Code, fault.Error.Message);
        }
    }

    private static async Task<SwarmView> CreateAsync(ApiCall call, string name)
    {
        var outcome = await call.AskAsync(new CreateSwarm(name, null) { By = call.By });
        call.Http.Response.Headers[ApiAnswers.PositionHeader] = outcome.Head.ToString();
        return outcome.Value!;
    }

    private static string NameOf(Dictionary<string, JsonElement> body)
    {
        foreach (var name in NoEngine)
        {
            if (body.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null)
                throw new ApiFault(
                    ErrorCodes.NotAvailable,
                    $"{name}: this hub does not arrange or start agents; leave it out. Agents join a swarm when their workers connect.");
        }

        if (body.Keys.FirstOrDefault(k => k != "name" && !NoEngine.Contains(k)) is { } unknown)
            throw ApiFault.Invalid($"'{(unknown.Length <= 40 ? unknown : unknown[..40])}' is not a property of a swarm; there is name.");
        return body.TryGetValue("name", out var given) && given.ValueKind == JsonValueKind.String
            ? given.GetString()!
            : throw ApiFault.Invalid("name is missing: the swarm's name, text.");
    }

    private static Task FailAsync(HttpContext context, int status, string code, string message)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(
            new ForeignSwarmFault(message, code), ForeignSwarmsJson.Default.ForeignSwarmFault, cancellationToken: context.RequestAborted);
    }
}

internal sealed record ForeignSwarmFault(string Error, string Code);

internal sealed record ForeignSwarmView(string Id, string Name, string Status, int Agents, int Tasks, DateTimeOffset CreatedAt);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(Dictionary<string, JsonElement>))]
[JsonSerializable(typeof(ForeignSwarmView))]
[JsonSerializable(typeof(ForeignSwarmFault))]
internal sealed partial class ForeignSwarmsJson : JsonSerializerContext;
