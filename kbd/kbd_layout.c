/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copyright (C) 2026 the ipxe-spice developers */
/*
 * The layouts. Their facts are those of the X keyboard configuration database
 * (test/kbd/test_kbd_layout.c compares each key); with AltGr there is only what
 * a layout has nowhere else: ASCII, its own letters, the euro, accents.
 *
 * Left out: the input methods of Japanese (kana, kanji).
 */
#include "kbd/kbd_layout.h"

/* Accents that are typed before their letter. */
#define GRAVE	   "\u0300"
#define ACUTE	   "\u0301"
#define CIRCUMFLEX "\u0302"
#define TILDE	   "\u0303"
#define DIAERESIS  "\u0308"
#define RING	   "\u030a"
#define CARON	   "\u030c"

/* What Denmark, Norway, Sweden and Finland have in common. */
#define NORDIC                                                     \
	"22\"44¤66&77/88(99)00=-+?{å]" DIAERESIS CIRCUMFLEX "\\'*" \
	",,;..:/-_" LAYOUT_ISO "<>"
#define NORDIC_ALTGR " 2@4$7{8[9]0}e€]" TILDE

const struct kbd_layout kbd_layouts[] = {
	{"us", "English (US)", "", false},
	{"uk", "English (UK)",
	 "22\"33£''@``¬\\#~" LAYOUT_ISO "\\| 4€[" DIAERESIS "]" TILDE ";" ACUTE
	 "'" CIRCUMFLEX "\\" GRAVE,
	 false},
	{"de", "German",
	 "22\"33§66&77/88(99)00=-ß?=" ACUTE GRAVE "Yz{ü]+*:ö\"ä`" CIRCUMFLEX
	 "°\\#'Zy,,;..:/-_" LAYOUT_ISO "<> 7{8[9]0}-\\q@e€]~" LAYOUT_ISO "|",
	 false},
	{"fr", "French",
	 "1&12é23\"34'45(56-67è78_89ç90à0-)°QaWz[" CIRCUMFLEX DIAERESIS
	 "]$£Aq:m'ù%`²~\\*µZwm,?,;..://!§" LAYOUT_ISO
	 "<> 2~3#4{5[6|7`8\\9^0@-]=}e€",
	 false},
	{"es", "Spanish",
	 "22\"33·66&77/88(99)00=-'?=¡¿[" GRAVE CIRCUMFLEX
	 "]+*:ñ'" ACUTE DIAERESIS "`ºª|ç,,;..:/-_" LAYOUT_ISO
	 "<> 1|2@3#4~[[]]'{\\}`\\e€",
	 false},
	{"it", "Italian",
	 "22\"33£66&77/88(99)00=-'?=ì^[èé]+*;òç'à°`\\|\\ù§,,;..:/-_" LAYOUT_ISO
	 "<> -`=~[[]];@e€'#{{}}",
	 false},
	{"pt", "Portuguese",
	 "22\"66&77/88(99)00=-'?=«»[+*]" ACUTE GRAVE
	 ":ç'ºª`\\|\\" TILDE CIRCUMFLEX ",,;..:/-_" LAYOUT_ISO
	 "<> 2@7{8[9]0}e€[" DIAERESIS,
	 false},
	{"ch", "Swiss",
	 "11+22\"33*44ç66&77/88(99)00=-'?=" CIRCUMFLEX GRAVE "Yz[üè]" DIAERESIS
	 "!;öé'äà`§°\\$£Zy,,;..:/-_" LAYOUT_ISO "<> 2@3#7|9]0}-" ACUTE "=" TILDE
	 "e€[['{" LAYOUT_ISO "\\",
	 false},
	{"be", "Belgian",
	 "1&12é23\"34'45(56§67è78!89ç90à0-)°=-_QaWz[" CIRCUMFLEX DIAERESIS
	 "]$*Aq:m'ù%`²³\\µ£Zwm,?,;..://=+" LAYOUT_ISO
	 "<> 1|2@3#6^9{0}e€[[]]'" ACUTE "\\" GRAVE "/" TILDE LAYOUT_ISO "\\",
	 false},
	{"se", "Swedish",
	 NORDIC "=" ACUTE GRAVE ":ö\"ä`§½" NORDIC_ALTGR "-\\" LAYOUT_ISO "|",
	 false},
	{"no", "Norwegian",
	 NORDIC "=\\" GRAVE ":ø\"æ`|§" NORDIC_ALTGR "=" ACUTE, false},
	{"dk", "Danish",
	 NORDIC "=" ACUTE GRAVE ":æ\"ø`½§" NORDIC_ALTGR "=|" LAYOUT_ISO "\\",
	 false},
	{"fi", "Finnish",
	 NORDIC "=" ACUTE GRAVE ":ö\"ä`§½" NORDIC_ALTGR "-\\" LAYOUT_ISO "|",
	 false},
	{"pl", "Polish", " 5€eęoóaąsślłzżxźcćnń", false},
	{"cz", "Czech",
	 "1+12ě23š34č45ř56ž67ý78á89í90é0-=%=" ACUTE CARON
	 "Yz[ú/])(;ů\"'§!`;" RING "\\" DIAERESIS "'Zy,,?..:/-_" LAYOUT_ISO
	 "\\| !" TILDE "2@3##" CIRCUMFLEX "4$6^7&&" GRAVE
	 "8*9{0}e€[[]]a~h`Z<X>",
	 false},
	{"ru", "Russian",
	 "22\"33№44;66:77?QйWцEуRкTеYнUгIшOщPз{х}ъAфSыDвFаGпHрJоKлLд:ж\"э~ё"
	 "\\\\/ZяXчCсVмBиNтMь<б>ю/.," LAYOUT_ISO "/|",
	 true},
	{"jp", "Japanese",
	 "22\"66&77'88(99)00~--==^~[@`][{;;+':*`" LAYOUT_NONE LAYOUT_NONE
	 "\\]}" LAYOUT_RO "\\_" LAYOUT_YEN "\\|",
	 false},
};

const unsigned int kbd_layouts_count = sizeof(kbd_layouts) /
				       sizeof(kbd_layouts[0]);
