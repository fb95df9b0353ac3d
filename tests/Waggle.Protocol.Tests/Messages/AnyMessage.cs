using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Waggle.Protocol.Json;
using Waggle.Protocol.Messages;
using Waggle.TestKit;

namespace Waggle.Protocol.Tests.Messages;

/// <summary>Random valid messages of every type, by what their properties are declared to be; and their content as text, to compare two of them.</summary>
internal static class AnyMessage
{
    // The context keeps what it has read in a dictionary that several tests at once would damage.
    [ThreadStatic]
    private static NullabilityInfoContext? Nullability;

    public static IReadOnlyList<Type> ClientTypes { get; } = TypesOf(typeof(ClientMessage));

    public static IReadOnlyList<Type> HubTypes { get; } = TypesOf(typeof(HubMessage));

    public static object Make(Type type, Gen gen)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner) return Make(inner, gen);
        if (type == typeof(string)) return gen.Text(1, 12);
        if (type == typeof(bool)) return gen.Bool();
        if (type == typeof(int)) return gen.Pick(0, 1, -1, int.MaxValue, gen.Int(-1000, 1000));
        if (type == typeof(long)) return gen.Pick(0, 1, long.MaxValue, long.MinValue, (long)gen.Int(-1000, 1000));
        if (type == typeof(double)) return gen.Pick(0, 1, -0.5, 1e300, gen.Double());
        if (type == typeof(DateTimeOffset)) return new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddMilliseconds(gen.Int(0, int.MaxValue));
        if (type == typeof(Position)) return new Position(gen.Int(0, 9), gen.Pick(0, long.MaxValue, gen.Int(0, 5000)));
        if (type == typeof(RawJson)) return RawJson.Parse(gen.Pick("null", "1", "\"é\\n\"", "[1,[2,{}]]", "{\"a\":{\"b\":null},\"a\":1}", "-1.5e300"));
        if (type.IsEnum) return Enum.GetValues(type).GetValue(gen.Int(0, Enum.GetValues(type).Length - 1))!;
        if (type.IsGenericType && type.GetGenericArguments() is [var item]) return List(item, gen);
        if (type.IsGenericType && type.GetGenericArguments() is [var key, var value] && key == typeof(string)) return Dictionary(value, gen);
        return Record(type, gen);
    }

    public static string Show(object? value)
    {
        switch (value)
        {
            case null: return "null";
            case string text: return $"'{text}'";
            case IDictionary pairs:
                return "{" + string.Join(',', pairs.Keys.Cast<string>().Order(StringComparer.Ordinal).Select(k => $"{k}={Show(pairs[k])}")) + "}";
            case IEnumerable items: return "[" + string.Join(',', items.Cast<object?>().Select(Show)) + "]";
        }

        var type = value.GetType();
        if (type.IsPrimitive || type.IsEnum || value is DateTimeOffset or Position or RawJson) return Convert.ToString(value, CultureInfo.InvariantCulture)!;
        return $"{type.Name}({string.Join(' ', Settable(type).Select(p => $"{p.Name}={Show(p.GetValue(value))}"))})";
    }

    private static object Record(Type type, Gen gen)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in Settable(type))
        {
            var mayBeNull = (Nullability ??= new NullabilityInfoContext()).Create(property).WriteState == NullabilityState.Nullable;
            var isId = property.Name == nameof(ClientMessage.Id) && typeof(ClientMessage).IsAssignableFrom(type);
            if (mayBeNull && gen.Bool()) continue;
            property.SetValue(made, isId ? gen.Text(1, 30) : Make(property.PropertyType, gen));
        }

        return made;
    }

    private static IList List(Type item, Gen gen)
    {
        var list = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(item))!;
        for (var count = gen.Int(0, 3); count > 0; count--) list.Add(Make(item, gen));
        return list;
    }

    private static IDictionary Dictionary(Type value, Gen gen)
    {
        var pairs = (IDictionary)Activator.CreateInstance(typeof(Dictionary<,>).MakeGenericType(typeof(string), value))!;
        for (var count = gen.Int(0, 3); count > 0; count--) pairs[gen.Text(1, 8)] = Make(value, gen);
        return pairs;
    }

    private static IEnumerable<PropertyInfo> Settable(Type type) => type.GetProperties().Where(p => p.CanWrite && p.GetIndexParameters().Length == 0);

    private static Type[] TypesOf(Type root) => [.. root.Assembly.GetTypes().Where(t => t.IsSubclassOf(root) && !t.IsAbstract).OrderBy(t => t.Name)];
}
