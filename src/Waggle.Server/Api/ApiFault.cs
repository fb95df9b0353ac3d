using Waggle.Core.Hives;
using Waggle.Protocol;

namespace Waggle.Server.Api;

/// <summary>A request that ends here, with an error. Thrown by what reads requests, so that an endpoint's code is its good case.</summary>
internal sealed class ApiFault(Error error) : Exception(error.Message)
{
    public ApiFault(string code, string message)
        : this(new Error(code, message))
    {
    }

    public Error Error => error;

    public static ApiFault Invalid(string message) => new(ErrorCodes.InvalidRequest, message);
}
