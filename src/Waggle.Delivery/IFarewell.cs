namespace Waggle.Delivery;

/// <summary>Who knows a client's language: its last words are said by it.</summary>
public interface IFarewell
{
    IDeferred Farewell(int code, string reason);
}
