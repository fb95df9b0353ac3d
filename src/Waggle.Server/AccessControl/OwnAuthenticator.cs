using Waggle.Core.Access;

namespace Waggle.Server.AccessControl;

/// <summary>The authenticator of an endpoint that accepts other tokens than the rest of the hub, as its metadata.</summary>
/// <param name="Get">Asked at a request, because the hub starts after its endpoints are mapped.</param>
internal sealed record OwnAuthenticator(Func<IAuthenticator> Get);
