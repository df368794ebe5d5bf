using Google.Protobuf;

namespace Radapt.Tests;

public class ProtoMessageTests
{
    // The bytes of protobuf's own description of its encoding: a varint of 150 in field 1, a text in field 2, a message in field 3.
    [Fact]
    public void ToByteArray_FieldsOfEachKind_AreEncodedAsProtobufSays()
    {
        Assert.Equal([0x08, 0x96, 0x01], new ProtoMessage().Add(1, 150L).ToByteArray());
        Assert.Equal([0x12, 0x07, .. "testing"u8], new ProtoMessage().Add(2, "testing").ToByteArray());
        Assert.Equal([0x1a, 0x03, 0x08, 0x96, 0x01], new ProtoMessage().Add(3, new ProtoMessage().Add(1, 150L)).ToByteArray());
        Assert.Equal([0x08, 0x01, 0x08, 0x02], new ProtoMessage().Add(1, [1L, 2L]).ToByteArray());
        Assert.Equal([0x0d, 0, 0, 0x80, 0x3f], new ProtoMessage().Add(1, 1f).ToByteArray());
        Assert.Equal([0x09, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f], new ProtoMessage().Add(1, 1.0).ToByteArray());
        Assert.Equal([0x0a, 0x02, 0x05, 0x06], new ProtoMessage().Add(1, ByteString.CopyFrom(5, 6)).ToByteArray());
    }

    [Fact]
    public void Add_MessageThatGrowsAfterwards_IsWrittenWhole()
    {
        var inner = new ProtoMessage();
        ProtoMessage outer = new ProtoMessage().Add(1, inner);
        inner.Add(2, 3L);
        Assert.Equal([0x0a, 0x02, 0x10, 0x03], outer.ToByteArray());
    }
}
