using Waggle.Core.Kernel;

namespace Waggle.Dialects;

/// <summary>
/// The exception that ends the processing of a client's input with an error. The code that reads input throws it, so that messages and routes need no error
/// paths.
/// </summary>
public sealed class DialectException(Error error) : Exception(error.Message)
{
    public Error Error => error;
}
