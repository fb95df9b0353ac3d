using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Waggle.Core;
using Waggle.Core.Access;
using Waggle.Core.Kernel;
using Waggle.Protocol;
using Waggle.Server.Http;

namespace Waggle.Server.AccessControl;

internal static class AdmissionMiddleware
{
    /// <summary>Applies <see cref="Admission"/> before an endpoint sees the request; a refusal is problem+json (RFC 9457).</summary>
    public static void UseAdmission(this IEndpointConventionBuilder endpoints, Admission admission, Func<IAuthenticator> authenticator) =>
        endpoints.Finally(endpoint =>
    {
        var next = endpoint.RequestDelegate!;
        var rule = endpoint.Metadata.OfType<AdmissionRule>().LastOrDefault() ?? AdmissionRule.Standard;
        var own = endpoint.Metadata.OfType<OwnAuthenticator>().LastOrDefault()?.Get ?? authenticator;
        endpoint.RequestDelegate = context => AskAsync(context, admission, rule, own(), next);
    });

    /// <summary>Returns the credential of an admitted request.</summary>
    public static Credential Credential(this HttpContext context) => context.Features.Get<Credential>()!;

    internal static async Task AskAsync(HttpContext context, Admission admission, AdmissionRule rule, IAuthenticator authenticator, RequestDelegate next)
    {
        var request = context.Request;
        var origin = request.Headers.Origin;
        var token = BearerToken.Of(request, rule.TokenInQuery, out var many);
        var handshake =
            new AdmissionRequest(request.Headers.Host, origin.Count == 0 ? null : origin.ToString(), context.Connection.RemoteIpAddress) { Token = token };
        if (rule.AnswersPreflights && Cors.IsPreflight(request)) rule = rule with { Open = true };
        var admitted = many && authenticator.Required
            ? new(false, StatusCodes.Status401Unauthorized, ErrorCodes.Unauthenticated, "The request has more than one token.")
            : await admission.AskAsync(handshake, rule, authenticator, context.RequestAborted);
        if (!admitted.Ok)
        {
            // A page whose origin is allowed may also read the reason of a refusal.
            if (admission.Ask(handshake).Ok) Cors.Allow(context);
            Count(context, admitted, admitted.Credential?.Principal);
            await RefuseAsync(context, admitted, token, rule);
            return;
        }

        if (admitted.Credential is { } credential) context.Features.Set(credential);
        await next(context);
    }

    // The authenticator counts the tokens that it refuses.
    private static void Count(HttpContext context, in Admitted refused, Principal? by)
    {
        if (refused.Status != StatusCodes.Status403Forbidden) return;

        // The pattern and not the path: a client could name any number of paths.
        var action = $"{context.Request.Method} {(context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText ?? "/"}";
        context.RequestServices.GetRequiredService<IHive>().Refusals.Add(
            new Refusal(action, refused.Code, by, context.Connection.RemoteIpAddress?.ToString()) { Message = refused.Message });
    }

    private static Task RefuseAsync(HttpContext context, Admitted refused, string? token, AdmissionRule rule)
    {
        if (refused.Status == StatusCodes.Status401Unauthorized)
            context.Response.Headers.WWWAuthenticate = token is null
                ? "Bearer realm=\"waggle\""
                : $"Bearer realm=\"waggle\", error=\"invalid_token\", error_description=\"{Quotable(refused.Message)}\"";
        return rule.Refuse?.Invoke(context, refused) ?? Problems.WriteAsync(context, refused.Status, refused.Code, refused.Message);
    }

    // RFC 6750 3 permits printable ASCII without quote and backslash. The header serves WebSocket clients, which cannot read the body of a refusal.
    private static string Quotable(string text) => string.Concat(text.Select(c => c is '"' ? '\'' : c is < ' ' or > '~' or '\\' ? '?' : c));
}
